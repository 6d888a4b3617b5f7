package dev.supervision.spring.shop;

import java.util.ArrayList;
import java.util.List;

import dev.supervision.spring.GenServer;
import dev.supervision.spring.HandleCall;
import dev.supervision.spring.HandleCast;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/**
 * Servers whose protocols are not public.
 */
public final class Shop {

	private Shop() {
	}

	/** Has methods that do not go through the mailbox themselves. */
	interface Orders {

		void add(String order);

		List<String> all();

		default int count() {
			return all().size();
		}

	}

	@GenServer("orders")
	static class OrdersServer implements Orders {

		private final List<String> orders = new ArrayList<>();

		@Override
		@HandleCast
		public void add(String order) {
			this.orders.add(order);
		}

		@Override
		@HandleCall
		public List<String> all() {
			return List.copyOf(this.orders);
		}

	}

	/** A server that cannot be made. */
	@GenServer("printer")
	static class PrinterServer {

		PrinterServer() {
			try {
				connect();
			}
			catch (IllegalStateException ex) {
				throw new IllegalArgumentException("no printer", ex);
			}
		}

		private static void connect() {
			throw new IllegalStateException("out of paper");
		}

		@HandleCast
		void print(String text) {
		}

	}

	/** What a caller does with a protocol that only its package knows. */
	static int placeAndCount(Orders orders) {
		orders.add("ball");
		return orders.count();
	}

	/** One server that works. */
	@Configuration(proxyBeanMethods = false)
	@Import(OrdersServer.class)
	public static class Open {

	}

	/** And one that does not. */
	@Configuration(proxyBeanMethods = false)
	@Import({ OrdersServer.class, PrinterServer.class })
	public static class Broken {

	}

}
