package dev.supervision.spring.actuate;

import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.supervision.ChildInfo;
import dev.supervision.Node;
import dev.supervision.Pid;
import dev.supervision.ProcessInfo;
import dev.supervision.spring.SupervisionRuntime;

/**
 * How a declared tree is, for the health of the application and for the endpoint.
 */
enum TreeHealth {

	/** It runs. */
	UP,

	/** It gave up. */
	DOWN,

	/** It starts, stops, or has been stopped on purpose. */
	OUT_OF_SERVICE;

	static TreeHealth of(Node node, ChildInfo tree) {
		return switch (tree.state()) {
			case RUNNING -> isServing(node, tree.pid()) ? UP : OUT_OF_SERVICE;
			case RESTARTING -> OUT_OF_SERVICE;
			case PARKED -> DOWN;
			case STOPPED -> SupervisionRuntime.hasGivenUp(tree.lastExit()) ? DOWN : OUT_OF_SERVICE;
		};
	}

	private static boolean isServing(Node node, @Nullable Pid pid) {
		return Optional.ofNullable(pid)
			.flatMap(node::info)
			.map(ProcessInfo::state)
			.filter(state -> state == ProcessInfo.State.RUNNING || state == ProcessInfo.State.SUSPENDED)
			.isPresent();
	}

}
