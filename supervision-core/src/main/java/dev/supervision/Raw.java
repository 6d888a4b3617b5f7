package dev.supervision;

import java.time.Duration;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * Untyped messages, over a typed reference.
 */
final class Raw implements RawRef {

	private final Ref<Info> ref;

	Raw(Address address) {
		this.ref = new Ref<>(address);
	}

	@Override
	public @Nullable Object call(Object request, Duration limit) {
		return this.ref.<@Nullable Object>call(from -> new Info.Call(request, from), limit, request);
	}

	@Override
	public void cast(Object message) {
		this.ref.cast(new Envelopes.InfoMessage(new Info.Cast(message)));
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
