package dev.supervision.sample;

/**
 * An event in the log of its match.
 *
 * @param number of the event in its match, from 1
 */
record LoggedEvent(int number, MatchEvent.Known event) {

}
