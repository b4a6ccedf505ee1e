package dev.longshore.pinner;

import dev.longshore.rules.RuleSettings;
import dev.longshore.runtime.config.PeerPlace;
import dev.longshore.runtime.config.PeerSettings;
import dev.longshore.runtime.config.SharedSettings;
import dev.longshore.runtime.edge.access.AccessSettings;
import dev.longshore.runtime.edge.access.ListenerSettings;
import dev.longshore.runtime.kafka.link.KafkaSettings;
import dev.longshore.runtime.service.telemetry.LogFormat;
import dev.longshore.runtime.service.telemetry.LogLevel;
import dev.longshore.runtime.service.telemetry.TelemetrySettings;
import dev.longshore.settings.value.ByteSize;
import dev.longshore.settings.value.Listen;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Settings of a pinner and its peers. */
final class SamplePinner {
  private SamplePinner() {}

  static final Duration SCRUB_INTERVAL = Duration.ofDays(1);
  private static final Listen NOWHERE = new Listen("127.0.0.1", 0);

  static PinnerSettings pinner(Duration call, Duration repairInterval, Duration lostAfter) {
    return pinner(call, repairInterval, lostAfter, 0);
  }

  /** One that reads so many bytes a second of each peer. */
  static PinnerSettings pinner(
      Duration call, Duration repairInterval, Duration lostAfter, long scrubRate) {
    return pinner(call, repairInterval, lostAfter, scrubRate, 20);
  }

  /** One that collects the garbage of peers with less room, in percent. */
  static PinnerSettings pinner(
      Duration call,
      Duration repairInterval,
      Duration lostAfter,
      long scrubRate,
      int collectBelow) {
    return new PinnerSettings(
        NOWHERE,
        NOWHERE,
        AccessSettings.OPEN,
        8,
        call,
        call,
        call,
        call,
        repairInterval,
        lostAfter,
        new ByteSize(scrubRate),
        SCRUB_INTERVAL,
        collectBelow);
  }

  static PeerSettings settings(String name, boolean keeps) {
    return settings(name, PeerPlace.of("default"), keeps);
  }

  static PeerSettings settings(String name, PeerPlace place, boolean keeps) {
    return settings(name, name, place, keeps);
  }

  static PeerSettings settings(String name, String node, PeerPlace place, boolean keeps) {
    return new PeerSettings(
        name,
        place,
        URI.create("http://127.0.0.1:1/" + node),
        URI.create("http://127.0.0.1:2/" + node),
        List.of(),
        null,
        keeps,
        false,
        null,
        false);
  }

  static SharedSettings shared(List<PeerSettings> peers) {
    return shared(peers, List.of());
  }

  static SharedSettings shared(List<PeerSettings> peers, List<RuleSettings> rules) {
    return new SharedSettings(
        Path.of("unused"),
        "main",
        "default",
        new KafkaSettings(List.of("127.0.0.1:1"), "", 1, null),
        List.of(),
        peers,
        rules,
        new TelemetrySettings(null, LogFormat.PLAIN, LogLevel.ERROR),
        ListenerSettings.open(NOWHERE));
  }
}
