package dev.longshore.resolver.registry;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which parts of a body a {@code Range} header asks for (RFC 9110, 14.2). */
sealed interface Ranges {
  /** All of it: no header, another unit, or a header that must be ignored. */
  record Whole() implements Ranges {}

  /** These parts, in the order in which they were asked for. */
  record Parts(List<ByteRange> parts) implements Ranges {
    public Parts {
      parts = List.copyOf(parts);
    }
  }

  /** Nothing of it: all that was asked for lies behind its end. */
  record Unsatisfiable() implements Ranges {}

  /**
   * Parts of one answer. A lazy snapshotter asks for some dozens; a header of the edge's size could
   * hold more, and each costs a look-up.
   */
  int MOST_PARTS = 512;

  /** The one unit there is, with its sign. */
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
    List<ByteRange> parts = new ArrayList<>();
    for (String text : header.get().substring(UNIT.length()).split(",", -1)) {
      Matcher form = FORM.matcher(text.strip());
      if (!form.matches() || !add(form.group(1), form.group(2), size, parts)) {
        return new Whole();
      }
    }
    if (parts.isEmpty()) {
      return new Unsatisfiable();
    }
    // More than the body itself in pieces is a fault or an attack (RFC 9110, 17.15).
    return parts.size() > MOST_PARTS || moreThan(size, parts) ? new Whole() : new Parts(parts);
  }

  /** Counts down, as a sum of huge parts would come round to a small number. */
  private static boolean moreThan(long size, List<ByteRange> parts) {
    long left = size;
    for (ByteRange part : parts) {
      left -= part.length();
      if (left < 0) {
        return true;
      }
    }
    return false;
  }

  /** Adds a part unless it lies behind the end; false when it is not valid. */
  private static boolean add(String from, String to, long size, List<ByteRange> parts) {
    if (from.isEmpty()) {
      long length = to.isEmpty() ? 0 : Math.min(Long.parseLong(to), size);
      if (length > 0) {
        parts.add(new ByteRange(size - length, size - 1));
      }
      return !to.isEmpty();
    }
    long first = Long.parseLong(from);
    long last = to.isEmpty() ? Long.MAX_VALUE : Long.parseLong(to);
    if (first < size && first <= last) {
      parts.add(new ByteRange(first, Math.min(last, size - 1)));
    }
    return first <= last;
  }
}
