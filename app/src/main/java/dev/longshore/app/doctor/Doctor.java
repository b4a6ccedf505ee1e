package dev.longshore.app.doctor;

import dev.longshore.app.KuboNodes;
import dev.longshore.app.ServiceName;
import dev.longshore.app.Settings;
import dev.longshore.converter.ConverterService;
import dev.longshore.model.Mode;
import dev.longshore.resolver.ResolverConfig;
import dev.longshore.runtime.config.PeerSettings;
import dev.longshore.runtime.config.RegistrySettings;
import dev.longshore.runtime.config.SharedSettings;
import dev.longshore.runtime.kafka.topics.ServiceRights;
import dev.longshore.runtime.service.telemetry.TelemetrySettings;
import dev.longshore.settings.Loaded;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Looks at everything that the chosen services need of a configuration and of what it names. */
public final class Doctor {
  /** The longest answer that is waited for is Kafka's, and it is asked several things. */
  private static final Duration LIMIT = Duration.ofSeconds(20);

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
      settings.containerd().forEach(node -> checks.add(new ContainerdCheck(node, clock)));
    }
    if (services.contains(ServiceName.WATCHER)) {
      shared.registries().forEach(registry -> checks.add(webhook(registry)));
    }
    if (services.contains(ServiceName.CONVERTER)) {
      boolean estargz =
          shared.rules().stream().anyMatch(rule -> rule.modes().contains(Mode.ESTARGZ));
      checks.add(new LibraryCheck(estargz));
      checks.add(new RulesCheck(shared.rules()));
    }
    nodes().values().forEach(node -> checks.add(kubo(node)));
    swarm(checks);
    ResolverConfig resolver = resolver();
    if (resolver != null && resolver.kuboRepository() != null) {
      checks.add(new BlocksCheck(resolver.kuboRepository()));
    }
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
        shared.kafka(), () -> new AdminKafkaLook(shared.kafka()), rights, awaited, clock);
  }

  private Check webhook(RegistrySettings registry) {
    String part = "notifications " + registry.name();
    return new Later(
        part,
        () ->
            new WebhookCheck(
                settings.watcher().webhooks(),
                registry.name(),
                WebLook.ofOwn(settings.watcher().webhooks())));
  }

  /** Every node that one of the services calls, by its name. */
  private Map<String, PeerSettings> nodes() {
    Map<String, PeerSettings> nodes = new LinkedHashMap<>();
    if (services.contains(ServiceName.PINNER)) {
      shared.peers().forEach(peer -> nodes.put(peer.name(), peer));
    } else if (services.contains(ServiceName.CONVERTER) && !shared.peers().isEmpty()) {
      PeerSettings ingest = ConverterService.ingestPeer(shared.peers(), settings.converter());
      nodes.put(ingest.name(), ingest);
    }
    ResolverConfig resolver = resolver();
    if (resolver != null) {
      nodes.put(resolver.kubo().name(), resolver.kubo());
    }
    return nodes;
  }

  private Check kubo(PeerSettings peer) {
    return new Later(
        "kubo " + peer.name(),
        () ->
            new KuboCheck(
                peer,
                KuboNodes.open(peer),
                KuboNodes.openAsStranger(peer),
                WebLook.of(peer.tls())));
  }

  /** All peers and the resolver's own: that one alone can be connected to none. */
  private void swarm(List<Check> checks) {
    List<PeerSettings> members = new ArrayList<>(nodes().values());
    if (services.contains(ServiceName.RESOLVER)) {
      shared.peers().stream().filter(peer -> !members.contains(peer)).forEach(members::add);
    }
    if (members.size() > 1) {
      checks.add(
          new Later(
              "swarm",
              () ->
                  new SwarmCheck(
                      members.stream()
                          .map(p -> new SwarmCheck.Member(KuboNodes.open(p), p.swarm()))
                          .toList())));
    }
  }

  private void collector(List<Check> checks) {
    TelemetrySettings telemetry = shared.telemetry();
    URI endpoint = telemetry.otlpEndpoint();
    if (endpoint != null) {
      checks.add(
          new Later("collector", () -> new CollectorCheck(endpoint, WebLook.of(telemetry.tls()))));
    }
  }

  private @Nullable ResolverConfig resolver() {
    return services.contains(ServiceName.RESOLVER) ? settings.resolver() : null;
  }
}
