package dev.supervision;

/**
 * The restarts of a supervisor within its period, on exact monotonic time. Memory grows
 * with the restarts that count, never beyond the limit; each restart costs O(1), also in
 * a storm.
 */
final class RestartWindow {

	private static final int FIRST_CAPACITY = 4;

	private final int max;

	private final long within;

	/** A ring of times, oldest at {@link #first}. */
	private long[] times = {};

	private int first;

	private int size;

	RestartWindow(RestartIntensity intensity) {
		this.max = intensity.maxRestarts();
		this.within = Specs.nanos(intensity.within());
	}

	/**
	 * Records a restart.
	 * @return whether it is one too many
	 */
	boolean exceededBy(long now) {
		expire(now);
		if (this.size == this.max) {
			return true;
		}
		if (this.size == this.times.length) {
			grow();
		}
		this.times[(this.first + this.size) % this.times.length] = now;
		this.size++;
		return false;
	}

	/**
	 * How many restarts count now. Any thread; it changes nothing, and while the
	 * supervisor does, it may be a little off.
	 */
	int used(long now) {
		long[] ring = this.times;
		int count = Math.min(this.size, ring.length);
		int used = 0;
		for (int i = 0; i < count; i++) {
			if (now - ring[(this.first + i) % ring.length] < this.within) {
				used++;
			}
		}
		return used;
	}

	private void expire(long now) {
		while (this.size > 0 && now - this.times[this.first] >= this.within) {
			this.first = (this.first + 1) % this.times.length;
			this.size--;
		}
	}

	private void grow() {
		long[] larger = new long[(int) Math.min(this.max, Math.max(FIRST_CAPACITY, this.times.length * 2L))];
		for (int i = 0; i < this.size; i++) {
			larger[i] = this.times[(this.first + i) % this.times.length];
		}
		this.times = larger;
		this.first = 0;
	}

}
