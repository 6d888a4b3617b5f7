package dev.supervision;

/**
 * The children of a supervisor in numbers (OTP: count_children).
 *
 * @param specs specifications, with or without a process
 * @param active children whose process is alive
 * @param supervisors specifications of supervisors
 * @param workers specifications of workers
 */
public record ChildCounts(int specs, int active, int supervisors, int workers) {
}
