package dev.supervision;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * The children of a supervisor in start order, with an index by id. Adding, finding and
 * removing cost O(1). Written by the supervisor only; others may walk along, and see what
 * is there at some moment.
 */
final class Children {

	private volatile @Nullable Child oldest;

	private volatile @Nullable Child newest;

	private final Map<String, Child> byId = new ConcurrentHashMap<>(4);

	/** Written by the supervisor only. */
	private volatile int size;

	/** The oldest of those that are being stopped to be started again. */
	private volatile @Nullable Child renewedFrom;

	void add(Child child) {
		Child last = this.newest;
		child.older = last;
		if (last != null) {
			last.newer = child;
		}
		else {
			this.oldest = child;
		}
		this.newest = child;
		this.size = this.size + 1;
		String key = child.key();
		if (key != null) {
			this.byId.put(key, child);
		}
	}

	/** A child that was removed keeps its neighbours, for those who walk over it now. */
	void remove(Child child) {
		Child before = child.older;
		Child after = child.newer;
		if (before != null) {
			before.newer = after;
		}
		else {
			this.oldest = after;
		}
		if (after != null) {
			after.older = before;
		}
		else {
			this.newest = before;
		}
		this.size = this.size - 1;
		String key = child.key();
		if (key != null) {
			this.byId.remove(key, child);
		}
	}

	/**
	 * This child and all that are newer are being stopped to be started again, until the
	 * next call: who looks is told so.
	 */
	void renewed(@Nullable Child from) {
		this.renewedFrom = from;
	}

	@Nullable Child find(String id) {
		return this.byId.get(id);
	}

	int size() {
		return this.size;
	}

	@Nullable Child oldest() {
		return this.oldest;
	}

	/** From the oldest to the newest; the action may remove the child it is given. */
	void forEach(Consumer<Child> action) {
		for (Child child = this.oldest; child != null;) {
			Child following = child.newer;
			action.accept(child);
			child = following;
		}
	}

	/**
	 * From the newest back to the given one; the action may remove the child it is given.
	 */
	void forEachBackTo(@Nullable Child last, Consumer<Child> action) {
		for (Child child = this.newest; child != null;) {
			Child following = (child != last) ? child.older : null;
			action.accept(child);
			child = following;
		}
	}

	/** The newest first. */
	List<ChildInfo> infos() {
		List<ChildInfo> infos = new ArrayList<>();
		Child last = this.renewedFrom;
		boolean renewed = last != null;
		for (Child child = this.newest; child != null; child = child.older) {
			infos.add(child.info(renewed));
			renewed &= child != last;
		}
		return List.copyOf(infos);
	}

	/**
	 * The children in numbers.
	 * @param onlyAlive whether a child that has ended counts as active until the
	 * supervisor learns of it: not in OTP's supervisor, but in Elixir's dynamic one
	 */
	ChildCounts counts(boolean onlyAlive) {
		int specs = 0;
		int active = 0;
		int supervisors = 0;
		for (Child child = this.oldest; child != null; child = child.newer) {
			Process process = child.process;
			specs++;
			boolean dead = onlyAlive && process != null && process.hasExited();
			active += (child.isRunning() && !dead) ? 1 : 0;
			supervisors += (child.spec.type() == ChildType.SUPERVISOR) ? 1 : 0;
		}
		return new ChildCounts(specs, active, supervisors, specs - supervisors);
	}

}
