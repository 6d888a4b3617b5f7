package dev.supervision.spring;

import java.time.Duration;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.supervision.NoProcessException;
import dev.supervision.Pid;
import dev.supervision.RawRef;

/**
 * An untyped address to be injected, which tells a server that is not there from trees
 * that do not run at all.
 */
final class RawClient implements RawRef {

	private final RawRef ref;

	private final Readiness readiness;

	RawClient(RawRef ref, Readiness readiness) {
		this.ref = ref;
		this.readiness = readiness;
	}

	@Override
	public @Nullable Object call(Object request, Duration limit) {
		try {
			return this.ref.call(request, limit);
		}
		catch (NoProcessException ex) {
			this.readiness.requireRunning(ex);
			throw ex;
		}
	}

	@Override
	public void cast(Object message) {
		this.ref.cast(message);
		if (!this.readiness.isRunning() && pid().isEmpty()) {
			this.readiness.requireRunning(null);
		}
	}

	@Override
	public Optional<Pid> pid() {
		return this.ref.pid();
	}

	@Override
	public String toString() {
		return this.ref.toString();
	}

}
