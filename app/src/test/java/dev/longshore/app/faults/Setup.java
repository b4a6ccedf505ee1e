package dev.longshore.app.faults;

import dev.longshore.runtime.config.PeerSettings;
import dev.longshore.runtime.config.PollSettings;
import dev.longshore.runtime.config.RegistrySettings;
import dev.longshore.runtime.config.SharedSettings;
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
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Settings of a run in memory: no address in them is ever called. */
final class Setup {
  static final ByteSize ANY_SIZE = ByteSize.parse("1GiB");

  private Setup() {}

  static SharedSettings of(Collection<String> peers, boolean ingestKeeps) {
    return new SharedSettings(
        Path.of("unused"),
        "main",
        "default",
        new KafkaSettings(List.of("127.0.0.1:1"), "", 1, null),
        List.of(registry()),
        peerSettings(peers, ingestKeeps),
        List.of(),
        new TelemetrySettings(null, LogFormat.PLAIN, LogLevel.ERROR),
        ListenerSettings.open(new Listen("127.0.0.1", 0)));
  }

  private static RegistrySettings registry() {
    return new RegistrySettings(
        Pushed.SOURCE,
        Pushed.HOST,
        null,
        true,
        List.of(),
        null,
        new PollSettings(Duration.ofMinutes(5), List.of("**")));
  }

  private static List<PeerSettings> peerSettings(Collection<String> names, boolean ingestKeeps) {
    List<PeerSettings> peers = new ArrayList<>();
    for (String name : names) {
      peers.add(
          new PeerSettings(
              name,
              "default",
              URI.create("http://127.0.0.1:1/" + name),
              URI.create("http://127.0.0.1:2/" + name),
              List.of(),
              null,
              ingestKeeps || !name.equals("ingest"),
              false));
    }
    return peers;
  }
}
