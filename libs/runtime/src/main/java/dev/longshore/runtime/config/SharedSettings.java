package dev.longshore.runtime.config;

import dev.longshore.model.InstallationName;
import dev.longshore.rules.RuleSettings;
import dev.longshore.runtime.edge.access.ListenerSettings;
import dev.longshore.runtime.kafka.link.KafkaSettings;
import dev.longshore.runtime.service.telemetry.TelemetrySettings;
import dev.longshore.settings.Setting;
import java.nio.file.Path;
import java.util.List;

/** The sections that every service reads; a service's own section is a record in its module. */
public record SharedSettings(
    @Setting(value = ".longshore", doc = "folder for local stores and the development parts' state")
        Path home,
    @Setting(
            value = "main",
            doc =
                "name of this process among those of the same service; part of its Kafka"
                    + " transactional id, so no two running processes may share it")
        String instance,
    @Setting(
            value = "default",
            doc =
                "name of this Longshore in the names of its pins; those that share a Kubo node need"
                    + " one each, and it does not change later")
        String installation,
    @Setting(value = "{}", doc = "the Kafka cluster") KafkaSettings kafka,
    @Setting(value = "[]", doc = "registries whose images are mirrored")
        List<RegistrySettings> registries,
    @Setting(value = "[]", doc = "Kubo nodes that keep copies") List<PeerSettings> peers,
    @Setting(value = "[]", doc = "which images to mirror, and how; the first matching rule applies")
        List<RuleSettings> rules,
    @Setting(value = "{}", doc = "logs and traces") TelemetrySettings telemetry,
    @Setting(
            value = "{listen: \"127.0.0.1:5056\"}",
            doc = "where /health/live, /health/ready and /metrics answer")
        ListenerSettings health) {

  public SharedSettings {
    registries = List.copyOf(registries);
    peers = List.copyOf(peers);
    rules = List.copyOf(rules);
    if (!instance.matches("[a-zA-Z0-9._-]{1,100}")) {
      throw new IllegalArgumentException(
          "instance: \"" + instance + "\" (expected: 1 to 100 of a-z A-Z 0-9 . _ -)");
    }
    var _ = new InstallationName(installation);
  }

  /** The name that marks our pins on a Kubo node. */
  public InstallationName installationName() {
    return new InstallationName(installation);
  }
}
