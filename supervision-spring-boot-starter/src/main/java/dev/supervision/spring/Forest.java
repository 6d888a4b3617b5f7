package dev.supervision.spring;

import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.supervision.SupervisorSpec;

/**
 * The trees of an application, ready to be started.
 *
 * @param trees in start order
 * @param places what was declared in them
 */
record Forest(List<SupervisorSpec> trees, List<Place> places) {

	/**
	 * One declared child, supervisor or tree.
	 *
	 * @param id unique in the application
	 * @param path from the tree's id down
	 * @param bean the server that runs there, or that children of a dynamic supervisor
	 * are; {@code null} if that is not known
	 * @param name the registered name
	 * @param template for the children of a dynamic supervisor
	 */
	record Place(String id, String path, @Nullable String bean, @Nullable String name,
			dev.supervision.@Nullable ChildSpec template) {

		boolean isDynamic() {
			return this.template != null;
		}

	}

}
