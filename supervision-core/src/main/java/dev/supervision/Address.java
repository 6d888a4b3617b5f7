package dev.supervision;

import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * Where a reference points: to one incarnation, or to whoever has a name at the moment.
 */
final class Address {

	final Node node;

	private final @Nullable Process process;

	private final @Nullable String name;

	private Address(Node node, @Nullable Process process, @Nullable String name) {
		this.node = node;
		this.process = process;
		this.name = name;
	}

	static Address of(Process process) {
		return new Address(process.node, process, null);
	}

	static Address of(Node node, String name) {
		return new Address(node, null, name);
	}

	/** The process to send to, which may have ended. */
	@Nullable Process resolve() {
		return (this.name != null) ? this.node.named(this.name) : this.process;
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
		return (target != null) ? target.label() : "'" + this.name + "'";
	}

}
