package dev.supervision;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * The administrative calls, for both kinds of supervisors.
 */
final class Administration implements SupervisorRef, DynamicSupervisorRef {

	/**
	 * A supervisor is busy while it starts or stops a child, for as long as that takes.
	 */
	private static final java.time.Duration NO_LIMIT = java.time.Duration.ofDays(36500);

	private final Address address;

	private final Ref<SupervisorMessage> ref;

	Administration(Address address) {
		this.address = address;
		this.ref = new Ref<>(address);
	}

	private <R> R ask(Function<From<R>, SupervisorMessage> request) {
		Process target = this.address.resolve();
		// what supervisors are told would crash anybody else
		Specs.require(target == null || target.spec.type() == ChildType.SUPERVISOR, "supervisor", this.address,
				"a supervisor");
		try {
			return this.ref.call(request, NO_LIMIT);
		}
		catch (CallFailedException ex) {
			if (ex.getCause() instanceof InvalidSpecException invalid) {
				throw invalid;
			}
			throw ex;
		}
	}

	/** A supervisor that met a null would crash, and with it its children. */
	private static String required(String id) {
		Specs.notNull("child id", id, "the id of a child");
		return id;
	}

	@Override
	public ChildResult startChild(ChildSpec spec) {
		// the part that needs no supervisor; significance is checked where it is known
		spec.validateBelow("child");
		return ask(from -> new SupervisorMessage.StartChild(null, spec, List.of(), from));
	}

	@Override
	public ChildResult startChild(ChildSpec spec, Object... arguments) {
		return startDynamic(null, spec, arguments);
	}

	@Override
	public ChildResult startChild(String id, ChildSpec spec, Object... arguments) {
		return startDynamic(spec.id(id).id(), spec, arguments);
	}

	private ChildResult startDynamic(@Nullable String id, ChildSpec spec, Object... arguments) {
		spec.validate("child", AutoShutdown.NEVER);
		List<Object> given = Specs.arguments(arguments);
		return ask(from -> new SupervisorMessage.StartChild(id, spec, given, from));
	}

	@Override
	public ChildResult terminateChild(String id) {
		return ask(from -> new SupervisorMessage.TerminateChild(required(id), from));
	}

	@Override
	public ChildResult terminateChild(Pid pid) {
		return ask(from -> new SupervisorMessage.TerminateProcess(this.address.node.own(pid), from));
	}

	@Override
	public ChildResult terminateIncarnation(Pid pid) {
		return ask(from -> new SupervisorMessage.EndIncarnation(this.address.node.own(pid), false, from));
	}

	@Override
	public ChildResult restartIncarnation(Pid pid) {
		return ask(from -> new SupervisorMessage.EndIncarnation(this.address.node.own(pid), true, from));
	}

	@Override
	public ChildResult restartChild(String id) {
		return ask(from -> new SupervisorMessage.RestartChild(required(id), from));
	}

	@Override
	public ChildResult restartChild(Pid pid) {
		return ask(from -> new SupervisorMessage.RestartProcess(this.address.node.own(pid), from));
	}

	@Override
	public ChildResult deleteChild(String id) {
		return ask(from -> new SupervisorMessage.DeleteChild(required(id), from));
	}

	@Override
	public Optional<ChildSpec> childSpec(String id) {
		return whichChild(id).map(ChildInfo::spec);
	}

	@Override
	public Optional<ChildInfo> whichChild(String id) {
		return ask(from -> new SupervisorMessage.WhichChild(required(id), from));
	}

	@Override
	public List<ChildInfo> whichChildren() {
		return ask(SupervisorMessage.WhichChildren::new);
	}

	@Override
	public ChildCounts countChildren() {
		return ask(SupervisorMessage.CountChildren::new);
	}

	@Override
	public Optional<Pid> find(String id) {
		return this.address.child(id).pid();
	}

	@Override
	public boolean contains(String id) {
		Children children = this.address.children();
		return children != null && children.find(id) != null;
	}

	@Override
	public int size() {
		Children children = this.address.children();
		return (children != null) ? children.size() : 0;
	}

	@Override
	public <M> ServerRef<M> ref(String id) {
		return new Ref<>(this.address.child(id));
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
