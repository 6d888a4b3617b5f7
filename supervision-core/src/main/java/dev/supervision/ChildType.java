package dev.supervision;

/**
 * What a child is.
 */
public enum ChildType {

	/** A server. */
	WORKER,

	/** A supervisor, with children of its own. */
	SUPERVISOR

}
