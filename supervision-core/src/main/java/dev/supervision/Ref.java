package dev.supervision;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * The one way to a server: what all references do.
 *
 * @param <M> the messages of the server
 */
final class Ref<M> implements ServerRef<M> {

	private final Address address;

	Ref(Address address) {
		this.address = address;
	}

	@Override
	public <R extends @Nullable Object> R call(Function<From<R>, ? extends M> request, Duration limit) {
		return call(request, limit, null);
	}

	/**
	 * As {@link #call(Function, Duration)}.
	 * @param shown what an error names if there is nobody for whom a message could be
	 * made
	 */
	<R extends @Nullable Object> R call(Function<From<R>, ? extends M> request, Duration limit,
			@Nullable Object shown) {
		Specs.require(!limit.isNegative(), "call limit", limit, "a duration of 0 or more");
		Process caller = Process.unfenced();
		Process target = this.address.resolve();
		if (target == null) {
			this.address.node.count(Instrumentation::calledNobody);
			throw new NoProcessException(this.address, shown);
		}
		if (caller != null && caller.isAwaitedBy(target)) {
			throw new CallingSelfException(target.label());
		}
		Call<R> call = new Call<>(target, caller, Thread.currentThread());
		R reply = (target.group == null) ? ask(target, call, request, limit) : askTimed(target, call, request, limit);
		Process.unfenced();
		return reply;
	}

	private <R extends @Nullable Object> R askTimed(Process target, Call<R> call,
			Function<From<R>, ? extends M> request, Duration limit) {
		long begin = target.node.nanoTime();
		try {
			R reply = ask(target, call, request, limit);
			called(target, begin, null);
			return reply;
		}
		catch (CallException ex) {
			called(target, begin, ex);
			throw ex;
		}
	}

	private static void called(Process target, long begin, @Nullable CallException failure) {
		long nanos = target.node.nanoTime() - begin;
		target.count(group -> group.called(nanos, failure));
	}

	private <R extends @Nullable Object> R ask(Process target, Call<R> call, Function<From<R>, ? extends M> request,
			Duration limit) {
		Object message = request.apply(call);
		call.message(message);
		send(target, call, message);
		return call.await(limit);
	}

	@Override
	public <R extends @Nullable Object> CompletableFuture<R> callAsync(Function<From<R>, ? extends M> request) {
		Process caller = Process.unfenced();
		Process target = this.address.resolve();
		if (target == null) {
			this.address.node.count(Instrumentation::calledNobody);
			return CompletableFuture.failedFuture(new NoProcessException(this.address, null));
		}
		long begin = (target.group != null) ? target.node.nanoTime() : 0;
		Call.Async<R> call = new Call.Async<>(target, caller);
		Object message = request.apply(call);
		call.message(message);
		try {
			send(target, call, message);
		}
		catch (CallException ex) {
			called(target, begin, ex);
			return CompletableFuture.failedFuture(ex);
		}
		if (target.group != null) {
			call.future()
				.whenComplete((reply, failure) -> called(target, begin,
						(failure instanceof CallException thrown) ? thrown : null));
		}
		return call.future();
	}

	private static void send(Process target, Call<?> call, Object message) {
		switch (target.post(call)) {
			case CLOSED -> throw new NoProcessException(target.label(), Envelope.unwrap(message));
			case FULL, DROPPED -> {
				target.node.counters.droppedMailboxFull.increment();
				throw new OverloadException(target.label(), target.spec.mailbox().capacity());
			}
			case WAKE, QUEUED -> {
			}
		}
	}

	@Override
	public void cast(M message) {
		cast(new Envelopes.Cast(message));
	}

	void cast(Envelope message) {
		if (Process.isFenced()) {
			this.address.node.counters.droppedFenced.increment();
			return;
		}
		Process target = this.address.resolve();
		if (target == null) {
			this.address.node.counters.droppedNoProcess.increment();
			return;
		}
		switch (target.post(message)) {
			case CLOSED -> target.node.counters.droppedNoProcess.increment();
			case DROPPED -> target.node.counters.droppedMailboxFull.increment();
			case FULL -> {
				target.node.counters.droppedMailboxFull.increment();
				throw new OverloadException(target.label(), target.spec.mailbox().capacity());
			}
			case WAKE, QUEUED -> {
			}
		}
	}

	@Override
	public void stop(ExitReason reason, @Nullable Duration limit) {
		Specs.require(limit == null || !limit.isNegative(), "stop limit", limit, "a duration of 0 or more");
		Process caller = Process.unfenced();
		Process target = this.address.require(Operation.STOP);
		if (caller != null && caller.isAwaitedBy(target)) {
			throw new CallingSelfException(target.label());
		}
		long begin = target.node.nanoTime();
		Envelopes.StopRequest request = new Envelopes.StopRequest(target.node.waiting, reason);
		if (target.post(request) == Mailbox.Posted.CLOSED) {
			throw new NoProcessException(target.label(), Operation.STOP);
		}
		Object outcome = request.await(target.node.wheel, (limit != null) ? Specs.nanos(limit) : Long.MAX_VALUE);
		Process.unfenced();
		if (outcome == Request.Missing.TIMEOUT && limit != null) {
			throw new CallTimeoutException(target.label(), Operation.STOP, limit);
		}
		if (!(outcome instanceof Ended ended)) {
			throw new CallInterruptedException(target.label());
		}
		if (limit == null) {
			target.awaitLeft();
		}
		else {
			// it has ended in time; so far as the limit allows, nothing of it runs any
			// more
			target.awaitLeft(Specs.nanos(limit) - (target.node.nanoTime() - begin));
		}
		if (!ended.reason().equals(reason)) {
			throw new ServerExitedException(target.label(), ended.reason(), ended.cause());
		}
	}

	@Override
	public Optional<Pid> pid() {
		return this.address.pid();
	}

	@Override
	public String toString() {
		return this.address.toString();
	}

}
