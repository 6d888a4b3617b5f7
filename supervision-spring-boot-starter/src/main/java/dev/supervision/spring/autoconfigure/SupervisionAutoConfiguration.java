package dev.supervision.spring.autoconfigure;

import dev.supervision.spring.SupervisionConfiguration;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Import;

/**
 * Auto-configuration of supervision trees.
 */
@AutoConfiguration
@Import(SupervisionConfiguration.class)
public final class SupervisionAutoConfiguration {

}
