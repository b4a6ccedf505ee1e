package dev.longshore.model;

import java.util.regex.Pattern;

/** Which Longshore it is, where several share a Kubo node. */
public record InstallationName(String text) {
  /** Longer ones would leave pins' names no room for a digest and a recipe. */
  private static final Pattern FORM = Pattern.compile("[a-z0-9-]{1,30}");

  /** What stands in its place in the pins of the first releases. */
  private static final Pattern TAKEN = Pattern.compile("copy|sha[0-9]+");

  /**
   * @throws IllegalArgumentException if a pin's name cannot have it
   */
  public InstallationName {
    if (!FORM.matcher(text).matches() || TAKEN.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "installation: \""
              + text
              + "\" (expected: 1 to 30 of a-z 0-9 -, neither copy nor sha and digits)");
    }
  }

  @Override
  public String toString() {
    return text;
  }
}
