package dev.longshore.app.doctor;

import dev.longshore.app.KafkaAdmin;
import dev.longshore.app.ServiceName;
import dev.longshore.app.settings.Settings;
import dev.longshore.containerd.ContainerdCheck;
import dev.longshore.converter.RulesCheck;
import dev.longshore.estargz.LibraryCheck;
import dev.longshore.model.Mode;
import dev.longshore.model.check.Check;
import dev.longshore.model.check.Finding;
import dev.longshore.runtime.config.RegistrySettings;
import dev.longshore.runtime.config.SharedSettings;
import dev.longshore.runtime.kafka.topics.AdminKafkaLook;
import dev.longshore.runtime.kafka.topics.KafkaCheck;
import dev.longshore.runtime.kafka.topics.ServiceRights;
import dev.longshore.runtime.service.telemetry.TelemetrySettings;
import dev.longshore.settings.Loaded;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Looks at everything that the chosen services need of a configuration and of what it names. */
public final class Doctor {
  /** The longest answer that is waited for is Kafka's, and it is asked several things. */
  static final Duration LIMIT = Duration.ofSeconds(20);

  private final Settings settings;
  private final SharedSettings shared;
  private final Map<String, Path> secretFiles;
  private final Set<ServiceName> services;
  private final Clock clock = Clock.systemUTC();

  /** For these services, on this machine and as this user. */
  public Doctor(Loaded<Settings> loaded, Set<ServiceName> services) {
    this.settings = loaded.settings();
    this.shared = settings.shared();
    this.secretFiles = loaded.secretFiles();
    this.services = Set.copyOf(services);
  }

  /** What was found, part by part; nothing of it depends on the rest being right. */
  public List<Finding> examine() throws InterruptedException {
    return new Examination(LIMIT).of(checks());
  }

  private List<Check> checks() {
    List<Check> checks =
        new ArrayList<>(new MachineChecks(settings, secretFiles, services, clock).all());
    checks.add(kafka());
    if (services.contains(ServiceName.WATCHER) || services.contains(ServiceName.CONVERTER)) {
      shared.registries().forEach(registry -> checks.add(new RegistryCheck(registry, clock)));
      settings
          .containerd()
          .forEach(
              node ->
                  checks.add(
                      new ContainerdCheck(node.name(), node.socket(), node.namespaces(), clock)));
    }
    if (services.contains(ServiceName.WATCHER)) {
      shared.registries().forEach(registry -> checks.add(webhook(registry)));
      checks.add(new DeliveriesCheck(shared));
    }
    if (services.contains(ServiceName.CONVERTER)) {
      boolean estargz =
          shared.rules().stream().anyMatch(rule -> rule.modes().contains(Mode.ESTARGZ));
      checks.add(new LibraryCheck(estargz));
      checks.add(new RulesCheck(shared.rules()));
    }
    NodeChecks nodes = new NodeChecks(settings, services);
    checks.addAll(nodes.each());
    nodes.swarm().ifPresent(checks::add);
    nodes.blocks().ifPresent(checks::add);
    collector(checks);
    return checks;
  }

  private Check kafka() {
    List<ServiceRights> rights =
        ServiceRights.ALL.stream()
            .filter(each -> services.stream().anyMatch(s -> s.text().equals(each.service())))
            .toList();
    boolean awaited =
        services.contains(ServiceName.WATCHER)
            && shared.registries().stream().anyMatch(registry -> registry.poll() == null);
    return new KafkaCheck(
        shared.kafka(),
        () ->
            new AdminKafkaLook(
                shared.kafka(), KafkaAdmin.open(shared.kafka(), AdminKafkaLook.LIMIT)),
        rights,
        awaited,
        clock);
  }

  private Check webhook(RegistrySettings registry) {
    String part = "notifications " + registry.name();
    return new Later(
        part,
        () ->
            List.of(
                new WebhookCheck(
                    settings.watcher().webhooks(),
                    registry.name(),
                    WebLook.ofOwn(settings.watcher().webhooks()))));
  }

  private void collector(List<Check> checks) {
    TelemetrySettings telemetry = shared.telemetry();
    URI endpoint = telemetry.otlpEndpoint();
    if (endpoint != null) {
      List<CollectorCheck.Signal> signals =
          telemetry.otlpMetrics()
              ? List.of(CollectorCheck.Signal.values())
              : List.of(CollectorCheck.Signal.TRACES);
      checks.add(
          new Later(
              "collector",
              () -> {
                WebLook web = WebLook.of(telemetry.tls());
                return signals.stream()
                    .<Check>map(signal -> new CollectorCheck(endpoint, signal, web))
                    .toList();
              }));
    }
  }
}
