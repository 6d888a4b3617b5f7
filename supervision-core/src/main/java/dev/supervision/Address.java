package dev.supervision;

import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * Where a reference points: to one incarnation, to whoever has a name at the moment, or
 * to whoever is the child with an id at the moment.
 */
final class Address {

	final Node node;

	private final @Nullable Process process;

	/** A registered name; with a supervisor, the id of a child. */
	private final @Nullable String name;

	private final @Nullable Address supervisor;

	private Address(Node node, @Nullable Process process, @Nullable String name, @Nullable Address supervisor) {
		this.node = node;
		this.process = process;
		this.name = name;
		this.supervisor = supervisor;
	}

	static Address of(Process process) {
		return new Address(process.node, process, null, null);
	}

	static Address of(Node node, String name) {
		return new Address(node, null, name, null);
	}

	/** The child that has an id here. */
	Address child(String id) {
		return new Address(this.node, null, id, this);
	}

	/** The process to send to, which may have ended. */
	@Nullable Process resolve() {
		if (this.name == null) {
			return this.process;
		}
		return (this.supervisor != null) ? this.supervisor.runningChild(this.name) : this.node.named(this.name);
	}

	/** The children of the supervisor that this points to, if it is one. */
	@Nullable Children children() {
		Process own = resolve();
		Supervision supervision = (own != null) ? own.supervision() : null;
		return (supervision != null) ? supervision.children : null;
	}

	private @Nullable Process runningChild(String id) {
		Children children = children();
		Child child = (children != null) ? children.find(id) : null;
		return (child != null && child.isRunning()) ? child.process : null;
	}

	Process require(@Nullable Object request) {
		Process target = resolve();
		if (target == null) {
			throw new NoProcessException(this, request);
		}
		return target;
	}

	Optional<Pid> pid() {
		Process target = resolve();
		return (target == null || target.hasExited()) ? Optional.empty() : Optional.of(target);
	}

	@Override
	public String toString() {
		Process target = this.process;
		if (target != null) {
			return target.label();
		}
		return (this.supervisor != null) ? this.supervisor + "/" + this.name : "'" + this.name + "'";
	}

}
