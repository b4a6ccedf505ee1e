package dev.longshore.resolver.hub;

import dev.longshore.events.ServedState;
import dev.longshore.events.ServedState.Result;
import dev.longshore.events.Topic;
import dev.longshore.resolver.hub.settings.SiteRuleSettings;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The images that one group's rules name, by the hash of the name's key. For one thread at a time.
 */
final class NamedOfGroup {
  private final SiteGroup group;
  private final ExpectedBytes expected;
  private final ImagesByName names = new ImagesByName();
  private final NamedByPosition byPlace = new NamedByPosition(Topic.PARTITIONS);

  /** For rules with only the newest tags: the repository's tags, and which count. */
  private final Map<Asked, Newest> newest = new HashMap<>();

  private record Asked(SiteRuleSettings rule, long repository) {}

  /** Newest first: a repository may have very many. */
  private record Newest(NavigableSet<Aged> names, Set<Long> counted) {}

  private record Aged(long since, long key) {
    static final Comparator<Aged> NEWEST =
        Comparator.comparingLong(Aged::since).reversed().thenComparingLong(Aged::key);

    static Aged of(long key, List<NamedImage> name) {
      return new Aged(name.stream().mapToLong(NamedImage::since).max().orElse(0), key);
    }
  }

  NamedOfGroup(SiteGroup group, ExpectedBytes expected) {
    this.group = group;
    this.expected = expected;
  }

  SiteGroup group() {
    return group;
  }

  NamedByPosition byPlace() {
    return byPlace;
  }

  List<NamedImage> ofName(long key) {
    return names.get(key);
  }

  /**
   * Applies a record of a name.
   *
   * @return images that it did not show before
   */
  List<NamedImage> put(ServedState served, int partition, long offset) {
    long key = NamedImage.hash(served.key());
    List<NamedImage> before = ofName(key);
    if (!before.isEmpty() && before.getFirst().offset() > offset) {
      return List.of();
    }
    List<NamedImage> now =
        group
            .rules()
            .of(served)
            .map(
                rule ->
                    // Lists of one or two need no array.
                    List.copyOf(
                        SiteView.results(served, rule).stream()
                            .map(result -> image(served, result, partition, offset, rule))
                            .toList()))
            .orElse(List.of());
    set(key, before, now);
    return now.stream().filter(image -> !isAmong(before, image)).toList();
  }

  private NamedImage image(
      ServedState served, Result result, int partition, long offset, SiteRuleSettings rule) {
    long bytes = expected.of(served.name(), result, rule);
    return NamedImage.of(served, result, bytes, partition, offset, rule);
  }

  void remove(long key) {
    set(key, ofName(key), List.of());
  }

  /** Already there: its name was only written again. */
  private static boolean isAmong(List<NamedImage> before, NamedImage image) {
    return before.stream()
        .anyMatch(old -> old.dag() == image.dag() && old.shownAt() == image.shownAt());
  }

  private void set(long key, List<NamedImage> before, List<NamedImage> now) {
    byPlace.remove(before);
    if (now.isEmpty()) {
      names.remove(key);
    } else {
      names.put(now);
    }
    leave(key, before);
    if (!now.isEmpty() && asksForNewest(now)) {
      Newest its =
          newest.computeIfAbsent(
              asked(now), _ -> new Newest(new TreeSet<>(Aged.NEWEST), new HashSet<>()));
      its.names().add(Aged.of(key, now));
      its.counted().remove(key);
      choose(asked(now), its);
    } else {
      byPlace.add(now);
    }
  }

  private void leave(long key, List<NamedImage> before) {
    if (!before.isEmpty() && asksForNewest(before)) {
      Newest its = newest.get(asked(before));
      if (its != null && its.names().remove(Aged.of(key, before))) {
        its.counted().remove(key);
        choose(asked(before), its);
      }
    }
  }

  private static boolean asksForNewest(List<NamedImage> name) {
    return name.getFirst().rule().newest() != null;
  }

  private static Asked asked(List<NamedImage> name) {
    return new Asked(name.getFirst().rule(), name.getFirst().repository());
  }

  /** Chooses the names of a repository that count now. */
  private void choose(Asked asked, Newest its) {
    Set<Long> now =
        its.names().stream()
            .limit(Objects.requireNonNull(asked.rule().newest()))
            .map(Aged::key)
            .collect(Collectors.toSet());
    its.counted().stream()
        .filter(key -> !now.contains(key))
        .forEach(key -> byPlace.remove(ofName(key)));
    now.stream()
        .filter(key -> !its.counted().contains(key))
        .forEach(key -> byPlace.add(ofName(key)));
    its.counted().clear();
    its.counted().addAll(now);
    if (its.names().isEmpty()) {
      newest.remove(asked);
    }
  }
}
