package dev.longshore.resolver.site;

import dev.longshore.events.TagState;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import dev.longshore.rules.GlobPattern;
import dev.longshore.sites.Group;
import dev.longshore.sites.Report;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Names that a client asked for and the site does not know, though they are in repositories of its
 * rules: each is reported to the hub once an hour. They are not stored: a client that asks again
 * after a restart adds them again.
 */
final class MissedNames {
  static final Duration EVERY = Duration.ofHours(1);

  /** New ones in that time: clients that ask for nonsense must not fill a thin line. */
  static final int MOST = 60;

  private final Supplier<@Nullable Group> group;
  private final Predicate<String> known;
  private final InstantSource clock;

  /** When it was missed; each of the last hour, and each that waits. */
  private final Map<String, Instant> missed = new HashMap<>();

  /** Those that the hub has not been told of, the first one first. */
  private final Set<String> waiting = new LinkedHashSet<>();

  /**
   * @param group the site's, once the hub has said it
   * @param known whether the hub has told of a name, by its key
   */
  MissedNames(Supplier<@Nullable Group> group, Predicate<String> known, InstantSource clock) {
    this.group = group;
    this.known = known;
    this.clock = clock;
  }

  /** Takes a name that was asked for in vain; returns whether the hub is to hear of it. */
  synchronized boolean add(RepositoryName repository, Tag tag) {
    Instant now = clock.instant();
    missed.entrySet().removeIf(each -> isOver(each.getValue(), now) && !isWaiting(each));
    String key = TagState.key(repository, tag);
    if (missed.containsKey(key)
        || missed.size() >= MOST
        || !isNamed(repository)
        || known.test(key)) {
      return false;
    }
    missed.put(key, now);
    waiting.add(key);
    return true;
  }

  private boolean isWaiting(Map.Entry<String, Instant> each) {
    return waiting.contains(each.getKey());
  }

  private static boolean isOver(Instant at, Instant now) {
    Duration since = Duration.between(at, now);
    return since.isNegative() || since.compareTo(EVERY) >= 0;
  }

  private boolean isNamed(RepositoryName repository) {
    Group its = group.get();
    String path = repository.toString();
    return its != null && its.repositories().stream().anyMatch(text -> matches(text, path));
  }

  /** Of a later release's patterns, some may be none here. */
  private static boolean matches(String text, String path) {
    try {
      return GlobPattern.parse(text).matches(path);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** What the next report says; the rest is for the one after it. */
  synchronized List<String> waiting() {
    return waiting.stream().limit(Report.MISSED).toList();
  }

  /** The hub has been told. */
  synchronized void told(List<String> names) {
    names.forEach(waiting::remove);
  }
}
