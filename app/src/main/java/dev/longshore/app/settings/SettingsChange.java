package dev.longshore.app.settings;

import dev.longshore.app.doctor.SettingsWalk;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What differs between two states of the settings, but for what counts without a restart. */
final class SettingsChange {
  private static final Predicate<String> COUNTS =
      Pattern.compile("(peers|rules|sites\\.groups)([.\\[].*)?").asMatchPredicate();

  private SettingsChange() {}

  /** Their paths, such as {@code pinner.lost-after}, in order. */
  static List<String> between(Settings before, Settings after) {
    Map<String, Object> old = SettingsWalk.find(before, Object.class);
    Map<String, Object> now = SettingsWalk.find(after, Object.class);
    NavigableSet<String> changed = new TreeSet<>();
    Stream.concat(old.keySet().stream(), now.keySet().stream())
        .filter(path -> !path.isEmpty())
        .filter(path -> !Objects.equals(old.get(path), now.get(path)))
        .forEach(changed::add);
    return changed.stream().filter(path -> !COUNTS.test(path) && !hasInner(changed, path)).toList();
  }

  /** Then the inner one says it. */
  private static boolean hasInner(NavigableSet<String> changed, String path) {
    return changed.tailSet(path, false).stream()
        .anyMatch(other -> other.startsWith(path + ".") || other.startsWith(path + "["));
  }
}
