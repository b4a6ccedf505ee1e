package dev.longshore.watcher;

import dev.longshore.runtime.config.RegistrySettings;
import dev.longshore.runtime.config.SharedSettings;
import dev.longshore.runtime.edge.access.CredentialSettings;
import dev.longshore.runtime.edge.access.ListenerSettings;
import dev.longshore.runtime.kafka.link.KafkaSettings;
import dev.longshore.runtime.service.telemetry.LogFormat;
import dev.longshore.runtime.service.telemetry.LogLevel;
import dev.longshore.runtime.service.telemetry.TelemetrySettings;
import dev.longshore.settings.Secret;
import dev.longshore.settings.value.Listen;
import java.nio.file.Path;
import java.util.List;

/** Settings of a watcher that runs in its test's process, with everything else in memory. */
final class InProcess {
  private static final Listen ANYWHERE = new Listen("127.0.0.1", 0);

  private InProcess() {}

  static SharedSettings shared(RegistrySettings... registries) {
    return new SharedSettings(
        Path.of("unused"),
        "main",
        "default",
        new KafkaSettings(List.of("127.0.0.1:1"), "", 1, null),
        List.of(registries),
        List.of(),
        List.of(),
        new TelemetrySettings(null, LogFormat.PLAIN, LogLevel.ERROR),
        ListenerSettings.open(ANYWHERE));
  }

  static WatcherSettings watcher() {
    return new WatcherSettings(
        ListenerSettings.asking(
            ANYWHERE, new CredentialSettings(null, null, new Secret("of-the-listener"))),
        false);
  }
}
