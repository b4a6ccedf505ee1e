package dev.longshore.ipfs.kubo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.ipfs.node.SwarmPrivacy;
import java.util.ArrayList;
import java.util.List;

/**
 * Judges a node's settings. With a swarm key only holders of the key can connect, so routing and
 * bootstrap are allowed; without one, or if unknown, nothing may lead to the node.
 */
final class PrivacyCheck {
  private final JsonNode config;
  private final List<String> addresses;
  private final SwarmKeyEvidence key;
  private final List<String> findings = new ArrayList<>();

  PrivacyCheck(JsonNode config, List<String> addresses, SwarmKeyEvidence key) {
    this.config = config;
    this.addresses = addresses;
    this.key = key;
  }

  SwarmPrivacy result() {
    findings.clear();
    checkRouting();
    checkBootstrap();
    if (key != SwarmKeyEvidence.PRESENT) {
      checkDiscovery();
      checkAddresses();
    }
    return findings.isEmpty() ? new SwarmPrivacy.Private() : new SwarmPrivacy.Public(findings);
  }

  private void checkRouting() {
    String type = config.path("Routing").path("Type").asText("auto");
    boolean amongHolders = key == SwarmKeyEvidence.PRESENT && type.startsWith("dht");
    if (!type.equals("none") && !amongHolders) {
      findings.add("Routing.Type is " + type + ": set it to none");
    }
  }

  private void checkBootstrap() {
    List<String> peers = new ArrayList<>();
    config.path("Bootstrap").forEach(peer -> peers.add(peer.asText()));
    boolean amongHolders = key == SwarmKeyEvidence.PRESENT && !peers.contains("auto");
    if (!peers.isEmpty() && !amongHolders) {
      findings.add("Bootstrap names " + peers.size() + " peers: set it to []");
    }
  }

  private void checkDiscovery() {
    if (config.path("Discovery").path("MDNS").path("Enabled").asBoolean(false)) {
      findings.add("Discovery.MDNS.Enabled is true: set it to false, or give the node a swarm.key");
    }
  }

  private void checkAddresses() {
    for (String address : addresses) {
      if (!PrivateAddress.is(address)) {
        String seen = key == SwarmKeyEvidence.ABSENT ? "no swarm.key" : "no swarm.key in sight";
        findings.add(
            seen + " and reachable at " + address + ": add a key, or listen on private addresses");
        return;
      }
    }
  }
}
