package dev.longshore.converter;

import dev.longshore.oci.Digest;
import dev.longshore.oci.Platform;
import dev.longshore.runtime.config.Mode;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Every setting that changes the bytes of a conversion. Together with the source digest its {@link
 * #key} names the result.
 *
 * @param platforms what is kept of an index, in normal form, sorted, each once; empty keeps all
 */
record Recipe(Mode mode, List<String> platforms) {
  /** Goes up when the same settings give other bytes; old results keep their keys. */
  static final int FORMAT_VERSION = 1;

  Recipe {
    platforms = List.copyOf(platforms);
  }

  /** The image as it is, for these platforms; none means all. */
  static Recipe plain(Collection<Platform> platforms) {
    return of(Mode.PLAIN, platforms);
  }

  /** The same for other platforms. */
  Recipe onlyFor(Collection<Platform> others) {
    return of(mode, others);
  }

  private static Recipe of(Mode mode, Collection<Platform> platforms) {
    return new Recipe(
        mode,
        platforms.stream()
            .map(Platform::normalized)
            .map(Platform::toString)
            .distinct()
            .sorted()
            .toList());
  }

  List<Platform> wantedPlatforms() {
    return platforms.stream().map(Platform::parse).toList();
  }

  /** Lower-case hex SHA-256 of {@link #canonicalJson}. */
  String key() {
    return Digest.of(canonicalJson().getBytes(StandardCharsets.UTF_8)).hex();
  }

  /** Compact, fields in alphabetical order; platforms need no escapes by their grammar. */
  String canonicalJson() {
    String list = platforms.stream().map(p -> '"' + p + '"').collect(Collectors.joining(","));
    return "{\"format\":%d,\"mode\":\"%s\",\"platforms\":[%s]}"
        .formatted(FORMAT_VERSION, mode.text(), list);
  }
}
