package dev.longshore.runtime.config;

import dev.longshore.rules.RuleSettings;
import dev.longshore.rules.Rules;
import java.util.List;

/** The settings that count without a restart. */
public final class PeersAndRules {
  private final List<PeerSettings> peers;
  private final List<RuleSettings> ruleSettings;
  private final Rules rules;

  public PeersAndRules(List<PeerSettings> peers, List<RuleSettings> rules) {
    this.peers = List.copyOf(peers);
    this.ruleSettings = List.copyOf(rules);
    this.rules = new Rules(rules);
  }

  /** Those of all settings. */
  public static PeersAndRules of(SharedSettings shared) {
    return new PeersAndRules(shared.peers(), shared.rules());
  }

  /** Kubo nodes that keep copies, or take images in. */
  public List<PeerSettings> peers() {
    return peers;
  }

  /** The rules, to be asked. */
  public Rules rules() {
    return rules;
  }

  /** The rules as they are written. */
  public List<RuleSettings> ruleSettings() {
    return ruleSettings;
  }

  /** Whether these are the same settings. */
  public boolean isSameAs(PeersAndRules other) {
    return peers.equals(other.peers) && ruleSettings.equals(other.ruleSettings);
  }
}
