package dev.longshore.app.doctor;

import dev.longshore.app.KuboNodes;
import dev.longshore.app.ServiceName;
import dev.longshore.app.settings.Settings;
import dev.longshore.converter.ConverterService;
import dev.longshore.ipfs.check.BlocksCheck;
import dev.longshore.ipfs.check.KuboCheck;
import dev.longshore.ipfs.check.SwarmCheck;
import dev.longshore.model.check.Check;
import dev.longshore.resolver.ResolverConfig;
import dev.longshore.runtime.config.PeerSettings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is looked at on the Kubo nodes that these services call. */
record NodeChecks(Settings settings, Set<ServiceName> services) {
  /** Each node by itself. */
  List<Check> each() {
    return nodes().values().stream().map(NodeChecks::kubo).toList();
  }

  private static Check kubo(PeerSettings peer) {
    return new Later(
        "kubo " + peer.name(),
        () ->
            List.of(
                new KuboCheck(
                    KuboNodes.open(peer),
                    peer.rpc(),
                    peer.authorization() == null ? null : KuboNodes.openAsStranger(peer),
                    peer.allowPublicIpfs()),
                new GatewayCheck(peer.name(), peer.gateway(), WebLook.of(peer.tls()))));
  }

  /** All peers and the resolver's own: that one alone can be connected to none. */
  Optional<Check> swarm() {
    List<PeerSettings> members = new ArrayList<>(nodes().values());
    if (services.contains(ServiceName.RESOLVER)) {
      settings.shared().peers().stream()
          .filter(peer -> !members.contains(peer))
          .forEach(members::add);
    }
    return members.size() < 2
        ? Optional.empty()
        : Optional.of(new Later("swarm", () -> List.of(swarm(members))));
  }

  private static Check swarm(List<PeerSettings> members) {
    return new SwarmCheck(
        members.stream()
            .map(peer -> new SwarmCheck.Member(KuboNodes.open(peer), peer.swarm()))
            .toList());
  }

  /** The files of the resolver's own node, where it is to read them. */
  Optional<Check> blocks() {
    return Optional.ofNullable(resolver())
        .map(ResolverConfig::kuboRepository)
        .map(BlocksCheck::new);
  }

  /** Every node that one of the services calls, by its name. */
  private Map<String, PeerSettings> nodes() {
    List<PeerSettings> peers = settings.shared().peers();
    Map<String, PeerSettings> nodes = new LinkedHashMap<>();
    if (services.contains(ServiceName.PINNER)) {
      peers.forEach(peer -> nodes.put(peer.name(), peer));
    } else if (services.contains(ServiceName.CONVERTER) && !peers.isEmpty()) {
      ConverterService.ingestPeers(peers, settings.converter())
          .forEach(ingest -> nodes.put(ingest.name(), ingest));
    }
    ResolverConfig resolver = resolver();
    if (resolver != null) {
      nodes.put(resolver.kubo().name(), resolver.kubo());
    }
    return nodes;
  }

  private @Nullable ResolverConfig resolver() {
    return services.contains(ServiceName.RESOLVER) ? settings.resolver() : null;
  }
}
