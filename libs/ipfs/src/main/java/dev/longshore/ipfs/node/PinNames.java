package dev.longshore.ipfs.node;

import dev.longshore.model.Digest;
import dev.longshore.model.InstallationName;
import dev.longshore.model.OciFormatException;
import java.util.Collection;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names of pins, which distinguish Longshore's own from others: {@code longshore:INSTALLATION:...}.
 * A node has one name per CID, so to pin a pinned CID again means to decide whose name stays.
 */
public final class PinNames {
  /** Resolvers' pins of pulled images, released again later: they do not count as copies. */
  public static final String PULLED = "longshore-resolver";

  private static final Pattern FIRST_RELEASES = Pattern.compile("longshore:(copy|sha[0-9]+:.*)");
  private static final Pattern PREFIX = Pattern.compile("longshore:(?!sha[0-9]+:)[a-z0-9-]+:");

  /** Of a conversion, or of a copy. */
  private static final Pattern SOURCE =
      Pattern.compile(
          "longshore:(?:(?:[a-z0-9-]+:)?(?<made>sha[0-9]+:[0-9a-f]+)/.*"
              + "|[a-z0-9-]+:copy:(?<copied>sha[0-9]+:[0-9a-f]+))");

  private static final String COPY = "copy";

  private PinNames() {}

  /** The prefix of an installation's pin names. */
  public static String prefix(InstallationName installation) {
    return "longshore:" + installation + ":";
  }

  /**
   * Whether a pin is the caller's. Pins of the first releases belong to every installation.
   *
   * @param prefix of the caller's pin names
   */
  public static boolean isOf(String prefix, String name) {
    return name.startsWith(prefix)
        || (PREFIX.matcher(prefix).matches() && FIRST_RELEASES.matcher(name).matches());
  }

  /** How the name of the pin begins that a conversion makes. */
  public static String converted(String prefix, Digest source) {
    return prefix + source + "/";
  }

  /**
   * The name of the pin of a copy. It says what the image was made of, unless that are several: a
   * name that left one out would let the image go when only the others are forgotten.
   */
  public static String copy(String prefix, Collection<Digest> sources) {
    return sources.size() == 1 ? prefix + COPY + ":" + sources.iterator().next() : prefix + COPY;
  }

  /** Whether the pin is a copy's. */
  public static boolean isCopy(String prefix, String name) {
    return name.equals(prefix + COPY) || name.startsWith(prefix + COPY + ":");
  }

  /**
   * The digest of what the pinned image was made of; none if the pin is another's, or does not say
   * it, as those of copies did not at first.
   *
   * @param prefix how the names of the caller's pins begin
   */
  public static Optional<Digest> source(String prefix, String name) {
    Matcher its = SOURCE.matcher(name);
    if (!isOf(prefix, name) || !its.matches()) {
      return Optional.empty();
    }
    try {
      String made = its.group("made");
      return Optional.of(Digest.parse(made == null ? its.group("copied") : made));
    } catch (OciFormatException e) {
      return Optional.empty();
    }
  }

  /**
   * Whether a repeated pin may change the name. A copy counts under its installation's name, even
   * where a resolver pinned it before, but never under a resolver's.
   */
  public static boolean mayBecome(String name, String next) {
    Matcher its = PREFIX.matcher(next);
    return its.lookingAt() ? name.equals(PULLED) || isOf(its.group(), name) : name.equals(next);
  }
}
