package dev.supervision;

/**
 * The ways in which this runtime differs from the recorded behaviour on purpose. Whatever
 * is not one of these is a defect.
 */
enum TraceDifference {

	/**
	 * Design 4.3, no. 2: an orderly stop by the parent runs {@code terminate} whether or
	 * not the worker traps exits. The worker does and records nothing then; all else is
	 * compared.
	 */
	TERMINATE_WITHOUT_TRAPPING,

	/**
	 * README of the scripts, section 2: the types cannot express the wrong value, such as
	 * a restart {@code sometimes}. The step passes if nothing changes.
	 */
	NOT_EXPRESSIBLE,

	/**
	 * Otp-contract 1.7: a wrong specification is found before anything starts. OTP's
	 * supervisor finds it in its own init, so that there is a start attempt; here there
	 * is none.
	 */
	CHECKED_BEFORE_THE_START,

	/**
	 * Design 3: there is no simple_one_for_one, and a dynamic supervisor answers as
	 * Elixir's. Operations by id find nothing, where OTP refuses them or describes the
	 * template.
	 */
	DYNAMIC_BY_ID,

	/**
	 * Otp-contract 1.11: to terminate a dynamic child that is gone is {@code not_found},
	 * as in Elixir, where OTP says {@code ok}.
	 */
	DYNAMIC_TERMINATED_TWICE,

	/**
	 * Design 3: every dynamic child has a specification of its own, as in Elixir, so that
	 * their number is that of the children, where OTP counts the one template.
	 */
	DYNAMIC_SPECIFICATIONS,

	/**
	 * Otp-contract 1.6: a dynamic supervisor has no auto-shutdown. OTP 25 allows it;
	 * where it comes to that, the rest of the script has nothing to be compared with.
	 */
	DYNAMIC_AUTO_SHUTDOWN

}
