package dev.longshore.settings;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where settings come from; a flag overrides a variable, a variable the file.
 *
 * @param file {@code longshore.yaml}; null for defaults only
 * @param environment {@code LONGSHORE_KAFKA_TOPIC_PREFIX} and the like; other variables are
 *     ignored, but one that begins with {@code LONGSHORE_} and is not a setting is a problem
 * @param flags each {@code key=value}, such as {@code kafka.topic-prefix=dev.}
 */
public record ConfigSources(
    @Nullable Path file, Map<String, String> environment, List<String> flags) {
  public ConfigSources {
    environment = Map.copyOf(environment);
    flags = List.copyOf(flags);
  }
}
