package dev.longshore.resolver.image;

import dev.longshore.model.Cid;
import dev.longshore.resolver.content.UnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** Images that could not be read a moment ago: trying again would only cost time. */
final class RecentFailures {
  /** Limit of remembered images: more can hardly fail within the time. */
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

  /** Whether the image failed on its last attempt, even if longer ago. */
  synchronized boolean has(Cid image) {
    return failures.containsKey(image);
  }

  /** Repeats the image's failure if it was a moment ago. */
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
