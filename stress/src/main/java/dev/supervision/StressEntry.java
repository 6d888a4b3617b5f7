package dev.supervision;

/**
 * An entry of a mailbox that is a number.
 */
final class StressEntry extends Envelope {

	/** Not final: the mailbox has to publish it. */
	int number;

	StressEntry(int number) {
		this.number = number;
	}

	@Override
	void deliver(Process process) {
	}

	/** How many entries are linked from the given one on. */
	static int count(Envelope first) {
		int count = 0;
		for (Envelope entry = first; entry != null; entry = entry.next) {
			count++;
		}
		return count;
	}

}
