package dev.supervision.spring;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

import dev.supervision.ChildInfo;
import dev.supervision.ChildResult;
import dev.supervision.ChildSpec;
import dev.supervision.DynamicSupervisorRef;
import dev.supervision.Node;

/**
 * The children of one declared dynamic supervisor.
 */
final class DynamicChildren implements Children<Object> {

	private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,63}");

	private final String supervisor;

	private final ServerType type;

	private final ChildSpec template;

	private final Node node;

	private final DynamicSupervisorRef ref;

	private final Readiness readiness;

	DynamicChildren(String supervisor, ServerType type, ChildSpec template, Node node, Readiness readiness) {
		this.supervisor = supervisor;
		this.type = type;
		this.template = template;
		this.node = node;
		this.ref = node.dynamicSupervisor(supervisor);
		this.readiness = readiness;
	}

	@Override
	public Object start(String id, Object... arguments) {
		String what = this.supervisor + "/" + id;
		if (!ID.matcher(id).matches()) {
			throw new IllegalArgumentException("'" + id + "' is no id for a child of '" + this.supervisor
					+ "': allowed are letters, digits, '_', '.' and '-', at most 64, beginning with a letter or digit");
		}
		this.type.requireFitting(what, arguments);
		if (!this.readiness.isRunning()) {
			this.readiness.requireRunning(null);
		}
		ChildResult result = this.ref.startChild(id, this.template, arguments);
		result.orThrow(what);
		return client(id);
	}

	@Override
	public Optional<Object> find(String id) {
		return this.ref.contains(id) ? Optional.of(client(id)) : Optional.empty();
	}

	private Object client(String id) {
		return Client.create(this.type, this.ref.ref(id), this.readiness);
	}

	@Override
	public boolean terminate(String id) {
		if (!this.readiness.isRunning()) {
			this.readiness.requireRunning(null);
		}
		return this.ref.terminateChild(id) instanceof ChildResult.Ok;
	}

	@Override
	public int count() {
		return this.ref.size();
	}

	@Override
	public List<String> ids() {
		// without asking the supervisor, which may be busy starting one
		List<ChildInfo> infos = this.ref.pid().map(this.node::children).orElse(List.of());
		List<String> ids = new ArrayList<>(infos.stream().map(ChildInfo::id).filter(Objects::nonNull).toList());
		Collections.reverse(ids);
		return ids;
	}

	@Override
	public String toString() {
		return "children of " + this.supervisor;
	}

}
