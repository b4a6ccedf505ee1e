package dev.longshore.model;

import java.util.regex.Pattern;

/**
 * The name of a site, where images are pulled.
 *
 * @param text any: it is what somebody typed when the site was added
 */
public record SiteName(String text) {
  /** It is a part of paths, keys and file names, and may be a DNS label. */
  private static final Pattern FORM = Pattern.compile("[a-z0-9](?:[a-z0-9.-]{0,61}[a-z0-9])?");

  /**
   * A name to give to a site, or to a node within it.
   *
   * @throws IllegalArgumentException when it cannot be one
   */
  public static SiteName parse(String text) {
    if (!isValid(text)) {
      throw new IllegalArgumentException(
          "name: \"%s\" (expected: 1 to 63 of a-z, 0-9, dot and hyphen, with a letter or digit first and last)"
              .formatted(text.length() > 80 ? text.substring(0, 80) + "..." : text));
    }
    return new SiteName(text);
  }

  /** Whether it can be the name of a site, or of a node within it. */
  public static boolean isValid(String text) {
    return FORM.matcher(text).matches();
  }

  @Override
  public String toString() {
    return text;
  }
}
