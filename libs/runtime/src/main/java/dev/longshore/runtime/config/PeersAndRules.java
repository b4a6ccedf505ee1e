package dev.longshore.runtime.config;

import dev.longshore.rules.RuleSettings;
import dev.longshore.rules.Rules;
import java.util.List;

/** The settings that take effect without a restart. */
public final class PeersAndRules {
  private final List<PeerSettings> peers;
  private final List<RuleSettings> ruleSettings;
  private final Rules rules;

  public PeersAndRules(List<PeerSettings> peers, List<RuleSettings> rules) {
    this.peers = List.copyOf(peers);
    this.ruleSettings = List.copyOf(rules);
    this.rules = new Rules(rules);
  }

  /** The peers and rules among these settings. */
  public static PeersAndRules of(SharedSettings shared) {
    return new PeersAndRules(shared.peers(), shared.rules());
  }

  /** Kubo nodes that keep copies or ingest images. */
  public List<PeerSettings> peers() {
    return peers;
  }

  /** The compiled rules. */
  public Rules rules() {
    return rules;
  }

  /** The rules as written in the file. */
  public List<RuleSettings> ruleSettings() {
    return ruleSettings;
  }

  /** Whether these are the same settings. */
  public boolean isSameAs(PeersAndRules other) {
    return peers.equals(other.peers) && ruleSettings.equals(other.ruleSettings);
  }
}
