package dev.supervision.spring;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.supervision.ChildSpec;
import dev.supervision.ExitReason;
import dev.supervision.From;
import dev.supervision.Init;
import dev.supervision.MonitorRef;
import dev.supervision.Name;
import dev.supervision.Next;
import dev.supervision.Node;
import dev.supervision.Pid;
import dev.supervision.TimerRef;

/**
 * What a handler asks for takes effect when it returns; until then it is kept here.
 */
final class ProcessContext implements ServerContext {

	private final dev.supervision.ServerContext<Object> self;

	private @Nullable ExitReason stop;

	private boolean ignore;

	private @Nullable Object continuation;

	private @Nullable Duration timeout;

	private boolean inInit = true;

	ProcessContext(dev.supervision.ServerContext<Object> self) {
		this.self = self;
	}

	/** What the init comes to. */
	Init<BeanState> init(BeanState state) {
		this.inInit = false;
		ExitReason reason = this.stop;
		if (reason != null || this.ignore) {
			state.close();
			return (reason != null) ? Init.stop(reason) : Init.ignore();
		}
		Init.Started<BeanState> started = Init.ok(state);
		return new Init.Started<>(withWishes(started.next()), null);
	}

	/** What a handler comes to. */
	@SuppressWarnings("NullAway") // null is a reply where the protocol says so
	Next<BeanState> next(BeanState state, @Nullable From<@Nullable Object> from, @Nullable Object reply) {
		ExitReason reason = this.stop;
		if (reason != null) {
			Next<BeanState> next = Next.stop(reason, state);
			return (from != null) ? next.reply(from, reply) : next;
		}
		if (from != null) {
			from.reply(reply);
		}
		return withWishes(Next.with(state));
	}

	private Next<BeanState> withWishes(Next<BeanState> next) {
		Next<BeanState> result = next;
		if (this.continuation != null) {
			result = result.thenContinue(this.continuation);
			this.continuation = null;
		}
		if (this.timeout != null) {
			result = result.timeout(this.timeout);
			this.timeout = null;
		}
		return result;
	}

	@Override
	public void stop(ExitReason reason) {
		this.stop = reason;
	}

	@Override
	public void ignore() {
		if (!this.inInit) {
			throw new IllegalStateException("ignore() is for the init only; a running server ends with stop()");
		}
		this.ignore = true;
	}

	@Override
	public void continueWith(Object continuation) {
		this.continuation = continuation;
	}

	@Override
	public void timeout(Duration limit) {
		this.timeout = limit;
	}

	@Override
	public TimerRef sendAfter(Duration delay, Object message) {
		return this.self.sendInfoAfter(delay, this.self.pid(), message);
	}

	@Override
	public TimerRef sendAfter(Duration delay, Pid target, Object message) {
		return this.self.sendInfoAfter(delay, target, message);
	}

	@Override
	public Pid pid() {
		return this.self.pid();
	}

	@Override
	public String id() {
		return this.self.id();
	}

	@Override
	public Node node() {
		return this.self.node();
	}

	@Override
	public List<Pid> ancestors() {
		return this.self.ancestors();
	}

	@Override
	public void link(Pid pid) {
		this.self.link(pid);
	}

	@Override
	public void unlink(Pid pid) {
		this.self.unlink(pid);
	}

	@Override
	public MonitorRef monitor(Pid pid) {
		return this.self.monitor(pid);
	}

	@Override
	public MonitorRef monitor(String name) {
		return this.self.monitor(Name.of(name));
	}

	@Override
	public void demonitor(MonitorRef monitor) {
		this.self.demonitor(monitor);
	}

	@Override
	public boolean trapExits(boolean trap) {
		return this.self.trapExits(trap);
	}

	@Override
	public void exit(Pid pid, ExitReason reason) {
		this.self.exit(pid, reason);
	}

	@Override
	public Pid startLink(ChildSpec spec, Object... arguments) {
		return this.self.startLink(spec, arguments);
	}

}
