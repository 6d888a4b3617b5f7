package dev.supervision.benchmarks;

import java.util.concurrent.TimeUnit;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

import dev.supervision.spring.GenServer;
import dev.supervision.spring.HandleCall;
import dev.supervision.spring.HandleCast;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/**
 * What a user of the starter gets: a client in front of an annotated server, with meters
 * and without.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Annotated {

	@Param({ "off", "on" })
	public String meters = "";

	private ConfigurableApplicationContext context;

	private Adder adder;

	@Setup(Level.Trial)
	public void start() {
		this.context = new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.run("--supervision.metrics.enabled=" + this.meters.equals("on"), "--spring.main.banner-mode=off",
					"--logging.level.root=warn");
		this.adder = this.context.getBean(Adder.class);
	}

	@TearDown(Level.Trial)
	public void close() {
		this.context.close();
	}

	@Benchmark
	public long call() {
		return this.adder.increment(41);
	}

	@Benchmark
	@OperationsPerInvocation(Messaging.BATCH)
	public void cast() {
		for (int i = 0; i < Messaging.BATCH; i++) {
			this.adder.add(i);
		}
		this.adder.increment(0);
	}

	/** The protocol. */
	public interface Adder {

		long increment(long number);

		void add(long number);

	}

	/** The server. */
	@GenServer("adder")
	static class AdderServer implements Adder {

		private long sum;

		@Override
		@HandleCall
		public long increment(long number) {
			return number + 1;
		}

		@Override
		@HandleCast
		public void add(long number) {
			this.sum += number;
		}

	}

	/** The application. */
	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(AdderServer.class)
	static class Application {

	}

}
