package dev.longshore.watcher;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The last notifications that came to this process, and the last that it did not understand: what
 * is understood does not push these out. For people who set up a sender; nothing depends on it.
 */
public final class Deliveries {
  /** Of each; an entry has up to some 600 bytes. */
  static final int KEPT = 100;

  /** Characters of a text. */
  static final int LONGEST = 300;

  private static final Pattern INVISIBLE = Pattern.compile("[^ -~]");

  private final Deque<Seen> last = new ArrayDeque<>();
  private final Deque<Seen> problems = new ArrayDeque<>();
  private final Clock clock;
  private long number;

  public Deliveries(Clock clock) {
    this.clock = clock;
  }

  /** What became of a notification. */
  public enum Outcome {
    /** It leads to a look at the registry. */
    HINT,
    /** It is about something else than pushes and deletions. */
    NOTHING,
    /** Some of it, or all, is not what its sender is configured to send. */
    NOT_UNDERSTOOD,
    /** The sender did not prove who it is. */
    REFUSED
  }

  /**
   * One notification.
   *
   * @param number counts all of this process
   * @param registry the name in its address, if a registry has it
   * @param sender the configured one
   * @param what what it told, or what was wrong; visible ASCII
   * @param images the first images that it named, as {@code REPOSITORY:TAG} or with a digest
   */
  public record Seen(
      long number,
      Instant at,
      String registry,
      String sender,
      Outcome outcome,
      String what,
      List<String> images) {}

  void add(String registry, String sender, Outcome outcome, String what) {
    add(registry, sender, outcome, what, List.of());
  }

  /** Takes one down. */
  public synchronized void add(
      String registry, String sender, Outcome outcome, String what, List<String> images) {
    String visible = visible(what);
    Seen seen =
        new Seen(
            ++number,
            clock.instant(),
            visible(registry),
            sender,
            outcome,
            visible.length() > LONGEST ? visible.substring(0, LONGEST) + "..." : visible,
            images);
    keep(last, seen);
    if (outcome == Outcome.NOT_UNDERSTOOD) {
      keep(problems, seen);
    }
  }

  private static String visible(String text) {
    // Nearly every notification: a search for what is not there takes several times as long.
    return text.chars().allMatch(c -> c >= ' ' && c <= '~')
        ? text
        : INVISIBLE.matcher(text).replaceAll("?");
  }

  private static void keep(Deque<Seen> kept, Seen seen) {
    if (kept.size() == KEPT) {
      kept.removeFirst();
    }
    kept.addLast(seen);
  }

  /** The last ones, in their order. */
  public synchronized List<Seen> last() {
    return List.copyOf(last);
  }

  /** The last that were not understood, in their order. */
  public synchronized List<Seen> notUnderstood() {
    return List.copyOf(problems);
  }
}
