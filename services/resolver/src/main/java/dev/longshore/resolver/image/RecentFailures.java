package dev.longshore.resolver.image;

import dev.longshore.model.Cid;
import dev.longshore.resolver.content.UnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** Images that could not be read a moment ago: asking for them again only costs time. */
final class RecentFailures {
  /** Images remembered: more can hardly fail within the time. */
  private static final int MOST = 1_024;

  private record Failure(Instant at, UnavailableException cause) {}

  private final Duration lasts;
  private final LinkedHashMap<Cid, Failure> failures =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Cid, Failure> eldest) {
          return size() > MOST;
        }
      };

  RecentFailures(Duration lasts) {
    this.lasts = lasts;
  }

  synchronized void add(Cid image, Instant now, UnavailableException cause) {
    failures.put(image, new Failure(now, cause));
  }

  /** Whether the image failed when it was asked for last, be it longer ago. */
  synchronized boolean has(Cid image) {
    return failures.containsKey(image);
  }

  /** Fails as the image did, if that was a moment ago. */
  synchronized void check(Cid image, Instant now) throws UnavailableException {
    Failure failure = failures.get(image);
    if (failure == null) {
      return;
    }
    if (failure.at().plus(lasts).isAfter(now)) {
      throw failure.cause().again();
    }
    failures.remove(image);
  }
}
