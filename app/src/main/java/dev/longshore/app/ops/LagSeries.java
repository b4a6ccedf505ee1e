package dev.longshore.app.ops;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.resolver.hub.SiteLag;
import dev.longshore.resolver.hub.SiteLag.Node;
import dev.longshore.resolver.hub.SiteLag.Oldest;
import dev.longshore.resolver.hub.SiteLag.State;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How far sites were behind over the last day, by what was looked at since this process began: of
 * every five minutes the worst. Kept in memory alone, 3 KB a site.
 */
final class LagSeries {
  static final Duration STEP = Duration.ofMinutes(5);
  static final int STEPS = (int) (Duration.ofDays(1).toSeconds() / STEP.toSeconds());

  /** More are not kept: 3 MB in all. */
  static final int MOST = 1_000;

  /** Behind, and nobody knows since when. */
  private static final int UNKNOWN_SINCE = -1;

  private final Map<String, Series> bySite = new HashMap<>();
  private @Nullable Instant since;

  /** What is known of a site in a step. */
  private enum Kind {
    /** Nothing, as nobody looked or the site did not say. */
    NOTHING('.'),
    EXACT('='),
    /** Nobody knows when the oldest image was pushed, or what the site has by now. */
    AT_LEAST('>');

    private final char mark;

    Kind(char mark) {
      this.mark = mark;
    }

    static Kind of(char mark) {
      return mark == EXACT.mark ? EXACT : mark == AT_LEAST.mark ? AT_LEAST : NOTHING;
    }
  }

  private record Point(Kind kind, int seconds, int images) {
    static final Point NOTHING = new Point(Kind.NOTHING, 0, 0);

    static Point of(SiteLag site, Instant now) {
      Node worst = site.worst().orElse(null);
      if (worst == null || site.state() == State.REVOKED || site.state() == State.NO_GROUP) {
        return NOTHING;
      }
      boolean isAtLeast = worst.isAtLeast() || !worst.hasHeardRules();
      Oldest oldest = worst.oldest();
      int images = bounded(worst.lacking().images());
      if (oldest == null) {
        if (images > 0) {
          return new Point(Kind.AT_LEAST, UNKNOWN_SINCE, images);
        }
        return isAtLeast ? NOTHING : new Point(Kind.EXACT, 0, 0);
      }
      return new Point(
          isAtLeast || oldest.isAtLeast() ? Kind.AT_LEAST : Kind.EXACT,
          bounded(Math.max(0, Duration.between(oldest.since(), now).toSeconds())),
          images);
    }

    private static int bounded(long number) {
      return (int) Math.min(Integer.MAX_VALUE, number);
    }

    /** Behind since nobody knows when is worse than not behind. */
    private long rank() {
      long time = seconds == UNKNOWN_SINCE ? 1 : 2L * seconds;
      return kind == Kind.NOTHING ? -1 : time;
    }

    Point worse(Point other) {
      Point worst = other.rank() > rank() ? other : this;
      return new Point(worst.kind, worst.seconds, Math.max(images, other.images));
    }
  }

  /** A ring of steps. */
  private static final class Series {
    private final char[] marks = new char[STEPS];
    private final int[] seconds = new int[STEPS];
    private final int[] images = new int[STEPS];
    private long last;

    Series(long step) {
      last = step - STEPS;
    }

    void add(long step, Point point) {
      forgetUntil(step);
      int at = place(step);
      Point worst = at(step).worse(point);
      marks[at] = worst.kind().mark;
      seconds[at] = worst.seconds();
      images[at] = worst.images();
    }

    /** Steps in which nobody looked have nothing. */
    private void forgetUntil(long step) {
      for (long next = Math.max(last, step - STEPS) + 1; next <= step; next++) {
        marks[place(next)] = Kind.NOTHING.mark;
      }
      last = Math.max(last, step);
    }

    Point at(long step) {
      if (step > last || step <= last - STEPS) {
        return Point.NOTHING;
      }
      int at = place(step);
      Kind kind = Kind.of(marks[at]);
      return kind == Kind.NOTHING ? Point.NOTHING : new Point(kind, seconds[at], images[at]);
    }

    private static int place(long step) {
      return (int) Math.floorMod(step, (long) STEPS);
    }
  }

  /** Takes down how far all sites are behind now; those that are gone are forgotten. */
  synchronized void add(List<SiteLag> sites, Instant now) {
    if (since == null) {
      since = now;
    }
    Set<String> there = sites.stream().map(site -> site.site().text()).collect(Collectors.toSet());
    bySite.keySet().retainAll(there);
    long step = step(now);
    for (SiteLag site : sites) {
      String name = site.site().text();
      if (bySite.size() < MOST || bySite.containsKey(name)) {
        bySite.computeIfAbsent(name, _ -> new Series(step)).add(step, Point.of(site, now));
      }
    }
  }

  /**
   * Adds the last day of a site, the oldest step first: nothing in {@code known} is a dot, what is
   * at least so much is {@code >}, and no seconds mean that nobody knows since when it is behind.
   */
  synchronized void put(ObjectNode node, String site, Instant now) {
    Series its = bySite.get(site);
    long first = step(now) - STEPS + 1;
    node.put("since", since == null ? null : since.toString())
        .put("from", Instant.ofEpochSecond(first * STEP.toSeconds()).toString())
        .put("stepSeconds", STEP.toSeconds())
        .put("kept", its != null);
    char[] known = new char[STEPS];
    Arrays.fill(known, Kind.NOTHING.mark);
    ArrayNode seconds = node.putArray("seconds");
    ArrayNode images = node.putArray("images");
    for (int i = 0; its != null && i < STEPS; i++) {
      Point point = its.at(first + i);
      known[i] = point.kind().mark;
      seconds.add(point.seconds() == UNKNOWN_SINCE ? null : Integer.valueOf(point.seconds()));
      images.add(point.images());
    }
    node.put("known", String.valueOf(known));
  }

  private static long step(Instant at) {
    return Math.floorDiv(at.getEpochSecond(), STEP.toSeconds());
  }
}
