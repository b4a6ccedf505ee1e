package dev.longshore.runtime.config;

import dev.longshore.rules.PeerLabels;
import dev.longshore.settings.Setting;
import dev.longshore.settings.value.ByteSize;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What decides which copies a peer gets. */
public record PeerPlace(
    @Setting(
            value = "default",
            former = "site",
            doc = "where it stands; copies are spread over zones")
        String zone,
    @Setting(
            value = "[]",
            doc = "labels that the placement of rules may require or avoid, such as disk=ssd")
        List<String> labels,
    @Setting(
            value = "1",
            unit = "shares",
            doc = "share of the copies that it gets beside the other peers of its zone, 1 to 1000")
        int weight,
    @Setting(
            doc =
                "size of its repository at which it gets no more copies; each image counts"
                    + " whole, even if the peer has some of its layers; until its disk is full if"
                    + " absent")
        @Nullable ByteSize capacity) {
  private static final int MOST = 1000;

  public PeerPlace {
    labels = List.copyOf(labels);
    if (weight < 1 || weight > MOST) {
      throw new IllegalArgumentException("weight: " + weight + " (expected: 1 to " + MOST + ")");
    }
    PeerLabels.check("labels", labels);
  }

  /** A peer like any other of its zone. */
  public static PeerPlace of(String zone) {
    return new PeerPlace(zone, List.of(), 1, null);
  }
}
