package dev.longshore.rules;

import dev.longshore.settings.Setting;
import java.util.List;

/** Which peers the copies of a rule's images are put on. */
public record PlacementSettings(
    @Setting(
            value = "zone",
            doc = "zone: no second copy in a zone while another has none; none: zones do not count")
        Spread spread,
    @Setting(value = "[]", doc = "labels that a peer must have, all of them") List<String> require,
    @Setting(
            value = "[]",
            doc =
                "labels of peers that get a copy only if min-copies cannot be reached without"
                    + " them")
        List<String> avoid) {

  /** Over zones, on any peer. */
  public static final PlacementSettings ANYWHERE =
      new PlacementSettings(Spread.ZONE, List.of(), List.of());

  public PlacementSettings {
    require = List.copyOf(require);
    avoid = List.copyOf(avoid);
    PeerLabels.check("require", require);
    PeerLabels.check("avoid", avoid);
    for (String label : avoid) {
      if (require.contains(label)) {
        throw new IllegalArgumentException(
            "avoid: " + label + " (expected: no label that is required too)");
      }
    }
  }

  /** What copies are kept apart by. */
  public enum Spread {
    ZONE,
    NONE
  }

  /** Whether a peer with these labels may keep a copy at all. */
  public boolean allows(List<String> labels) {
    return labels.containsAll(require);
  }

  /** Whether a peer with these labels is the last resort. */
  public boolean avoids(List<String> labels) {
    return labels.stream().anyMatch(avoid::contains);
  }
}
