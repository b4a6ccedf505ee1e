package dev.longshore.rules;

import java.util.List;
import java.util.regex.Pattern;

/** Labels of peers, such as {@code disk=ssd}; as in Kubernetes, a value may be absent. */
public final class PeerLabels {
  private static final Pattern LABEL =
      Pattern.compile("[A-Za-z0-9][A-Za-z0-9._/-]{0,62}(=[A-Za-z0-9._-]{0,63})?");

  private PeerLabels() {}

  /**
   * Checks labels of a setting.
   *
   * @throws IllegalArgumentException with the setting's key, when one is no label
   */
  public static void check(String key, List<String> labels) {
    for (String label : labels) {
      if (!LABEL.matcher(label).matches()) {
        throw new IllegalArgumentException(
            key + ": \"" + label + "\" (expected: such as ssd or disk=ssd)");
      }
    }
  }
}
