package dev.longshore.sites;

import dev.longshore.model.SiteName;
import java.time.Instant;
import java.util.List;

/**
 * What a hub answers to a node that joins or renews its credential.
 *
 * @param site the site that the node belongs to
 * @param group name of its group at the hub
 * @param credential what the node shows from now on; a secret
 * @param expiresAt when it is good no longer, by the hub's clock
 * @param joinedAt when the node joined, by the hub's clock
 * @param keys those that sign the hub's answers, the current one first
 */
public record Admission(
    SiteName site,
    String group,
    String credential,
    Instant expiresAt,
    Instant joinedAt,
    List<SigningKey> keys) {
  public Admission {
    keys = List.copyOf(keys);
  }

  @Override
  public String toString() {
    return "admission of " + site + " until " + expiresAt;
  }
}
