package dev.longshore.sites;

import dev.longshore.model.SiteName;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
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
 * @param neighborSecrets by which the site's nodes know each other, the current one first: 32 bytes
 *     each, in base64url without padding; none of a hub of an earlier release
 */
public record Admission(
    SiteName site,
    String group,
    String credential,
    Instant expiresAt,
    Instant joinedAt,
    List<SigningKey> keys,
    List<String> neighborSecrets) {
  /**
   * Header of an answer with an admission: {@code KEY:SIGNATURE} by each of the hub's keys, with a
   * blank in between. The signature is of the body, and behind it of what the caller showed: no
   * answer to anything else will do.
   */
  public static final String SIGNATURE = "Longshore-Signature";

  public Admission {
    keys = List.copyOf(keys);
    neighborSecrets = List.copyOf(neighborSecrets);
  }

  /** What {@link #SIGNATURE} signs. */
  public static byte[] signed(byte[] body, String shown) {
    byte[] secret = shown.getBytes(StandardCharsets.UTF_8);
    byte[] all = Arrays.copyOf(body, body.length + secret.length);
    System.arraycopy(secret, 0, all, body.length, secret.length);
    return all;
  }

  @Override
  public String toString() {
    return "admission of " + site + " until " + expiresAt;
  }
}
