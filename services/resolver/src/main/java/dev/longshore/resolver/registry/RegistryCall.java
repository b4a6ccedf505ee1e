package dev.longshore.resolver.registry;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A request as received.
 *
 * @param method GET, HEAD or another
 * @param path as sent, not decoded
 * @param query parameters, decoded; the first value of a repeated one
 * @param headers by lower-case name
 * @param caller the caller whose share it counts against
 */
public record RegistryCall(
    String method,
    String path,
    Map<String, String> query,
    Map<String, String> headers,
    String caller) {
  public RegistryCall {
    query = Map.copyOf(query);
    headers =
        headers.entrySet().stream()
            .collect(
                Collectors.toUnmodifiableMap(
                    e -> e.getKey().toLowerCase(Locale.ROOT), Map.Entry::getValue, (a, b) -> a));
  }

  Optional<String> parameter(String name) {
    return Optional.ofNullable(query.get(name));
  }

  Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name));
  }

  boolean isHead() {
    return method.equals("HEAD");
  }
}
