package dev.supervision.spring.actuate;

import java.io.InputStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What an IDE, and a native image, are told of the endpoint.
 */
class EndpointMetadataTest {

	private static Stream<JsonNode> properties() {
		InputStream file = EndpointMetadataTest.class
			.getResourceAsStream("/META-INF/spring-configuration-metadata.json");
		return JsonMapper.shared()
			.readTree(file)
			.path("properties")
			.valueStream()
			.filter(property -> property.path("name").asString().startsWith("management.endpoint.supervision."));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			access             | org.springframework.boot.actuate.endpoint.Access | read_only
			cache.time-to-live | java.time.Duration                               | 0ms
			roles              | java.util.Set<java.lang.String>                  | ''
			show-values        | org.springframework.boot.actuate.endpoint.Show   | never
			""")
	void everyPropertyIsDescribed(String name, String type, String defaultValue) {
		JsonNode property = properties()
			.filter(each -> each.path("name").asString().equals("management.endpoint.supervision." + name))
			.findFirst()
			.orElseThrow();
		assertThat(property.path("type").asString()).isEqualTo(type);
		assertThat(property.path("defaultValue").asString("")).isEqualTo(defaultValue);
		assertThat(property.path("description").asString()).matches("[A-Z].*\\.");
	}

	@Test
	void thereAreNoOthers() {
		assertThat(properties()).hasSize(4);
	}

	@ParameterizedTest
	@ValueSource(classes = { View.Overview.class, View.Tree.class, View.TreeNode.class, View.GroupMailbox.class,
			View.ProcessRow.class, View.ProcessDetail.class, View.CrashGroup.class, View.CrashDetail.class,
			EventEntry.class, View.Done.class, Refusal.Body.class })
	void whatBecomesJsonIsHinted(Class<?> type) {
		RuntimeHints hints = new RuntimeHints();
		new SupervisionEndpoint.Hints().registerHints(hints, null);
		assertThat(RuntimeHintsPredicates.reflection()
			.onType(type)
			.withMemberCategory(MemberCategory.INVOKE_DECLARED_CONSTRUCTORS)).accepts(hints);
	}

}
