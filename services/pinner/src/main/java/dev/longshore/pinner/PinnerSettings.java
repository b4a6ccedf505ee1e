package dev.longshore.pinner;

import dev.longshore.runtime.edge.access.AccessSettings;
import dev.longshore.runtime.edge.access.ListenerSettings;
import dev.longshore.settings.Inline;
import dev.longshore.settings.Setting;
import dev.longshore.settings.value.ByteSize;
import dev.longshore.settings.value.Listen;
import java.time.Duration;

/** The section {@code pinner}. */
public record PinnerSettings(
    @Setting(value = "127.0.0.1:5053", doc = "where /v1/pins listens") Listen listen,
    @Setting(value = "127.0.0.1:5054", doc = "where gRPC listens") Listen grpcListen,
    @Inline AccessSettings access,
    @Setting(value = "8", unit = "copies", doc = "copies that one peer makes at once")
        int copiesPerPeer,
    @Setting(
            value = "60s",
            doc = "a copy that gets no block for this long is given up and made elsewhere")
        Duration stallTimeout,
    @Setting(value = "6h", doc = "a copy that takes longer is given up and made elsewhere")
        Duration copyTimeout,
    @Setting(
            value = "10m",
            doc = "how long a peer may take to check that it has every block, or to list its pins")
        Duration verifyTimeout,
    @Setting(value = "10s", doc = "how long a peer may take to answer anything else")
        Duration callTimeout,
    @Setting(
            value = "10s",
            doc =
                "pause between two checks for images short of copies and for peers that are"
                    + " back")
        Duration repairInterval,
    @Setting(
            value = "30m",
            doc =
                "a peer that is away, or cannot list its pins, for so long counts as lost, and its"
                    + " copies are made elsewhere")
        Duration lostAfter,
    @Setting(
            value = "10MiB",
            unit = "bytes a second",
            doc = "how fast the pinner reads and hashes the copies of each peer; 0: not at all")
        ByteSize scrubRate,
    @Setting(
            value = "24h",
            doc =
                "least time from the start of one round that reads a peer's copies to the"
                    + " next")
        Duration scrubInterval,
    @Setting(
            value = "20",
            unit = "percent",
            doc =
                "a peer whose repository has less room left than that has its garbage collected"
                    + " after a release")
        int collectBelow) {

  public PinnerSettings {
    access.requireClosed(listen);
    access.requireClosed(grpcListen);
    if (copiesPerPeer < 1) {
      throw new IllegalArgumentException(
          "copies-per-peer: " + copiesPerPeer + " (expected: 1 or more)");
    }
    requirePositive("stall-timeout", stallTimeout);
    requirePositive("copy-timeout", copyTimeout);
    requirePositive("verify-timeout", verifyTimeout);
    requirePositive("call-timeout", callTimeout);
    requirePositive("repair-interval", repairInterval);
    requirePositive("lost-after", lostAfter);
    requirePositive("scrub-interval", scrubInterval);
    if (collectBelow < 0 || collectBelow > 100) {
      throw new IllegalArgumentException(
          "collect-below: " + collectBelow + " (expected: 0 to 100)");
    }
  }

  private static void requirePositive(String key, Duration value) {
    if (!value.isPositive()) {
      throw new IllegalArgumentException(key + ": " + value + " (expected: more than 0s)");
    }
  }

  ListenerSettings listener() {
    return new ListenerSettings(listen, access);
  }

  ListenerSettings grpcListener() {
    return new ListenerSettings(grpcListen, access);
  }

  PinLimits limits() {
    return new PinLimits(stallTimeout, copyTimeout, verifyTimeout, callTimeout);
  }
}
