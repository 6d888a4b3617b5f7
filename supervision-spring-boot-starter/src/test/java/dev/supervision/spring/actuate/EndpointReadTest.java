package dev.supervision.spring.actuate;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class EndpointReadTest {

	private static EndpointApp app;

	@BeforeAll
	static void start() {
		app = EndpointApp.start(EndpointApp.EXPOSED, EndpointApp.UNRESTRICTED);
	}

	@AfterAll
	static void stop() {
		app.close();
	}

	@Test
	void smoke() {
		for (String path : new String[] { "", "/tree", "/tree?depth=1", "/processes",
				"/processes/" + app.named("store"), "/crashes", "/events?limit=3", "/nothing", "/processes/n1.zzz",
				"/a/b/c" }) {
			EndpointApp.Answer answer = app.get(path);
			System.out.println(path + " " + answer);
		}
		System.out.println(app.act(app.named("store"), "kill"));
		System.out.println(app.act(app.named("store"), "restart"));
		System.out.println(app.act(app.named("store"), "stop"));
		System.out.println(app.act(app.named("football"), "restart-child", "store"));
		System.out.println(app.act(app.named("football"), "restart"));
		app.matches().start("m1", "Finland");
		System.out.println(
				app.act(app.node.pid(app.get("/processes?name=m1").text("/processes/0/id")).orElseThrow(), "restart"));
		System.out.println(app.audits());
		assertThat(app.get("").status()).isEqualTo(200);
	}

}
