package dev.supervision;

import java.util.concurrent.atomic.LongAdder;

/**
 * What a node counts, written where it happens.
 */
final class Counters {

	final LongAdder started = new LongAdder();

	final LongAdder exited = new LongAdder();

	final LongAdder crashed = new LongAdder();

	final LongAdder restarted = new LongAdder();

	final LongAdder gaveUp = new LongAdder();

	final LongAdder disowned = new LongAdder();

	final LongAdder droppedNoProcess = new LongAdder();

	final LongAdder droppedMailboxFull = new LongAdder();

	final LongAdder droppedFenced = new LongAdder();

	final LongAdder lateReplies = new LongAdder();

	final LongAdder eventsDropped = new LongAdder();

	final LongAdder listenerFailures = new LongAdder();

	NodeStatistics snapshot(int live) {
		return new NodeStatistics(live, this.started.sum(), this.exited.sum(), this.crashed.sum(), this.restarted.sum(),
				this.gaveUp.sum(), this.disowned.sum(), this.droppedNoProcess.sum(), this.droppedMailboxFull.sum(),
				this.droppedFenced.sum(), this.lateReplies.sum(), this.eventsDropped.sum(),
				this.listenerFailures.sum());
	}

}
