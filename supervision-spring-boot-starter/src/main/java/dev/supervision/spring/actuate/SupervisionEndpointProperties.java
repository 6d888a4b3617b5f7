package dev.supervision.spring.actuate;

import java.util.Set;

import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What the endpoint shows.
 *
 * @param showValues When to show messages, states and messages of exceptions in reports,
 * as far as supervision.crash.include-values lets reports have them.
 * @param roles Roles of those who are authorized to see values. When empty, everybody who
 * is authenticated is.
 */
@ConfigurationProperties("management.endpoint.supervision")
public record SupervisionEndpointProperties(@DefaultValue("never") Show showValues, @DefaultValue Set<String> roles) {
}
