package dev.supervision.spring.actuate;

import java.net.InetAddress;
import java.net.UnknownHostException;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.actuate.autoconfigure.web.server.ManagementPortType;
import org.springframework.core.env.Environment;

/**
 * Warns where anybody in the network may kill a process.
 */
final class AnonymousWritesWarning {

	private static final Logger logger = LoggerFactory.getLogger(AnonymousWritesWarning.class);

	private AnonymousWritesWarning() {
	}

	static void warn(Environment environment) {
		boolean ownPort = ManagementPortType.get(environment) == ManagementPortType.DIFFERENT;
		String address = environment.getProperty(ownPort ? "management.server.address" : "server.address");
		if (!isLoopback(address)) {
			logger.warn("supervision.management.anonymous-writes=true, and the endpoint listens on {}: everybody who "
					+ "reaches it can kill, stop and restart processes. Set {}.address=127.0.0.1, or authenticate",
					(address != null) ? SafeText.of(address) : "all addresses",
					ownPort ? "management.server" : "server");
		}
	}

	private static boolean isLoopback(@Nullable String address) {
		if (address == null) {
			return false;
		}
		try {
			return InetAddress.getByName(address).isLoopbackAddress();
		}
		catch (UnknownHostException ex) {
			return false;
		}
	}

}
