package dev.longshore.converter.mode;

import dev.longshore.model.Mode;
import dev.longshore.model.Platform;
import dev.longshore.model.Recipe;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Every setting that changes the bytes of a conversion. Together with the source digest its {@link
 * #key} names the result.
 *
 * @param platforms platforms kept from an index, normalized, sorted, each once; empty keeps all
 */
public record CanonicalRecipe(ModeSettings settings, List<String> platforms) {
  /** Increases when the same settings give different bytes; old results keep their keys. */
  static final int FORMAT_VERSION = 1;

  public CanonicalRecipe {
    platforms = List.copyOf(platforms);
  }

  /** The image as it is, for these platforms; none means all. */
  public static CanonicalRecipe plain(Collection<Platform> platforms) {
    return of(new ModeSettings.Plain(), platforms);
  }

  /** The image in a mode, for these platforms; none means all. */
  static CanonicalRecipe of(ModeSettings settings, Collection<Platform> platforms) {
    return new CanonicalRecipe(
        settings,
        platforms.stream()
            .map(Platform::normalized)
            .map(Platform::toString)
            .distinct()
            .sorted()
            .toList());
  }

  /** The same for other platforms. */
  CanonicalRecipe onlyFor(Collection<Platform> others) {
    return of(settings, others);
  }

  public Mode mode() {
    return settings.mode();
  }

  public List<Platform> wantedPlatforms() {
    return platforms.stream().map(Platform::parse).toList();
  }

  /** Lower-case hex SHA-256 of {@link #canonicalJson}. */
  public Recipe key() {
    return new Recipe(ModeSettings.hash(canonicalJson()));
  }

  /** Compact, fields in alphabetical order; platforms need no escapes by their grammar. */
  String canonicalJson() {
    SortedMap<String, String> fields = new TreeMap<>(settings.canonical());
    fields.put("format", Integer.toString(FORMAT_VERSION));
    fields.put("mode", '"' + mode().text() + '"');
    fields.put(
        "platforms",
        platforms.stream().map(p -> '"' + p + '"').collect(Collectors.joining(",", "[", "]")));
    return fields.entrySet().stream()
        .map(field -> '"' + field.getKey() + "\":" + field.getValue())
        .collect(Collectors.joining(",", "{", "}"));
  }
}
