package dev.longshore.ipfs.node;

import dev.longshore.model.Digest;
import dev.longshore.model.InstallationName;
import dev.longshore.model.OciFormatException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names of pins, by which Longshore tells its own from others: {@code longshore:INSTALLATION:...}.
 * A node has one name a CID, so whoever pins what is pinned already must know whose name to keep.
 */
public final class PinNames {
  /** Resolvers' pins of what was pulled, which they let go of: no copies that count. */
  public static final String PULLED = "longshore-resolver";

  private static final Pattern FIRST_RELEASES = Pattern.compile("longshore:(copy|sha[0-9]+:.*)");
  private static final Pattern PREFIX = Pattern.compile("longshore:(?!sha[0-9]+:)[a-z0-9-]+:");

  private static final Pattern CONVERTED =
      Pattern.compile("longshore:(?:[a-z0-9-]+:)?(sha[0-9]+:[0-9a-f]+)/.*");

  private PinNames() {}

  /** How the names of an installation's pins begin. */
  public static String prefix(InstallationName installation) {
    return "longshore:" + installation + ":";
  }

  /**
   * Whether a pin is the caller's. Those of the first releases are every installation's.
   *
   * @param prefix how the names of the caller's pins begin
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
   * The digest of what the pinned image was made of; none if the pin is another's, or no
   * conversion's.
   *
   * @param prefix how the names of the caller's pins begin
   */
  public static Optional<Digest> source(String prefix, String name) {
    Matcher its = CONVERTED.matcher(name);
    if (!isOf(prefix, name) || !its.matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Digest.parse(its.group(1)));
    } catch (OciFormatException e) {
      return Optional.empty();
    }
  }

  /**
   * Whether a pin takes another name when it is pinned again. A copy counts under its
   * installation's name, also where a resolver had it, but never under a resolver's.
   */
  public static boolean mayBecome(String name, String next) {
    Matcher its = PREFIX.matcher(next);
    return its.lookingAt() ? name.equals(PULLED) || isOf(its.group(), name) : name.equals(next);
  }
}
