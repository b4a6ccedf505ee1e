package dev.longshore.resolver.registry;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The parts of a body that a {@code Range} header requests (RFC 9110, 14.2). */
sealed interface Ranges {
  /** All of it: no header, another unit, or a header that must be ignored. */
  record Whole() implements Ranges {}

  /** These parts, in the order requested. */
  record Parts(List<ContentRange> parts) implements Ranges {
    public Parts {
      parts = List.copyOf(parts);
    }
  }

  /** Nothing: every requested part lies beyond the end. */
  record Unsatisfiable() implements Ranges {}

  /**
   * Most parts in one answer. A lazy snapshotter requests some dozens; a header within the edge's
   * limit could hold more, and each costs a look-up.
   */
  int MOST_PARTS = 512;

  /** The only unit, with its sign. */
  String UNIT = "bytes=";

  /**
   * {@code first-last}, {@code first-} or {@code -length}; a number of 18 digits is no overflow.
   */
  Pattern FORM = Pattern.compile("(\\d{0,18})\\s*-\\s*(\\d{0,18})");

  /** Reads the header for a body of so many bytes. */
  static Ranges of(Optional<String> header, long size) {
    if (header.isEmpty() || !header.get().regionMatches(true, 0, UNIT, 0, UNIT.length())) {
      return new Whole();
    }
    List<ContentRange> parts = new ArrayList<>();
    for (String text : header.get().substring(UNIT.length()).split(",", -1)) {
      Matcher form = FORM.matcher(text.strip());
      if (!form.matches() || !add(form.group(1), form.group(2), size, parts)) {
        return new Whole();
      }
    }
    if (parts.isEmpty()) {
      return new Unsatisfiable();
    }
    // Ranges that add up to more than the body are a fault or an attack (RFC 9110, 17.15).
    return parts.size() > MOST_PARTS || moreThan(size, parts) ? new Whole() : new Parts(parts);
  }

  /** Counts down, because a sum of huge parts would overflow. */
  private static boolean moreThan(long size, List<ContentRange> parts) {
    long left = size;
    for (ContentRange part : parts) {
      left -= part.length();
      if (left < 0) {
        return true;
      }
    }
    return false;
  }

  /** Adds a part unless it lies beyond the end; false if it is invalid. */
  private static boolean add(String from, String to, long size, List<ContentRange> parts) {
    if (from.isEmpty()) {
      long length = to.isEmpty() ? 0 : Math.min(Long.parseLong(to), size);
      if (length > 0) {
        parts.add(new ContentRange(size - length, size - 1));
      }
      return !to.isEmpty();
    }
    long first = Long.parseLong(from);
    long last = to.isEmpty() ? Long.MAX_VALUE : Long.parseLong(to);
    if (first < size && first <= last) {
      parts.add(new ContentRange(first, Math.min(last, size - 1)));
    }
    return first <= last;
  }
}
