package dev.longshore.resolver.hub;

import dev.longshore.events.ServedState;
import dev.longshore.model.Digest;
import dev.longshore.resolver.hub.UntaggedReferrers.Over;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which names a referrer follows, found once for all sites: they ask within seconds of each other,
 * and finding them may scan a whole repository. A name that shows the subject only later is sent by
 * its own record.
 */
final class NamesOfReferrer {
  private static final Duration GOOD_FOR = Duration.ofMinutes(1);

  /** Limit of remembered records. */
  private static final int RECORDS = 1_000;

  private final UntaggedReferrers following;
  private final InstantSource clock;
  private final Map<Key, Keys> found =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Keys> eldest) {
          return size() > RECORDS;
        }
      };

  private record Key(String key, Instant changedAt) {}

  private record Keys(List<String> keys, Instant until) {}

  NamesOfReferrer(UntaggedReferrers following, InstantSource clock) {
    this.following = following;
    this.clock = clock;
  }

  /** Keys of names that may show the record's subject. */
  List<String> of(ServedState referrer) {
    Digest subject = referrer.subject();
    if (subject == null) {
      return List.of();
    }
    Key key = new Key(referrer.key(), referrer.changedAt());
    Instant now = clock.instant();
    synchronized (found) {
      Keys known = found.get(key);
      if (known != null && now.isBefore(known.until())) {
        return known.keys();
      }
    }
    List<String> keys =
        following.over(referrer.name(), subject).stream().map(Over::key).distinct().toList();
    synchronized (found) {
      found.remove(key);
      found.put(key, new Keys(keys, now.plus(GOOD_FOR)));
    }
    return keys;
  }
}
