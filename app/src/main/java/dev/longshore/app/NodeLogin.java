package dev.longshore.app;

import dev.longshore.ipfs.kubo.RpcCredential;
import dev.longshore.settings.Secret;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A node's credential from its file, kept current; while the file is invalid, the previous one. */
final class NodeLogin implements Supplier<RpcCredential> {
  private static final Logger LOG = LoggerFactory.getLogger(NodeLogin.class);
  private static final String BASIC = "basic:";
  private static final String BEARER = "bearer:";

  private final String node;
  private final @Nullable Secret authorization;
  private volatile Read last;

  private record Read(String secret, RpcCredential credential) {}

  /**
   * Reads it.
   *
   * @throws IllegalArgumentException when it is invalid
   */
  NodeLogin(String node, @Nullable Secret authorization) {
    this.node = node;
    this.authorization = authorization;
    String secret = authorization == null ? "" : authorization.reveal();
    this.last =
        new Read(secret, authorization == null ? new RpcCredential.None() : credential(secret));
  }

  @Override
  public RpcCredential get() {
    Read known = last;
    String secret = authorization == null ? "" : authorization.reveal();
    if (secret.equals(known.secret())) {
      return known.credential();
    }
    RpcCredential now = known.credential();
    try {
      now = credential(secret);
    } catch (IllegalArgumentException e) {
      LOG.warn(
          "authorization-file of peer {}: {}; what was read before is still used",
          node,
          e.getMessage());
    }
    last = new Read(secret, now);
    return now;
  }

  /** As Kubo writes it: {@code bearer:TOKEN}, {@code basic:USER:PASSWORD}, or the token alone. */
  private static RpcCredential credential(String secret) {
    if (secret.startsWith(BASIC)) {
      String pair = secret.substring(BASIC.length());
      int colon = pair.indexOf(':');
      if (colon < 0) {
        throw new IllegalArgumentException(
            "authorization: basic without a password (expected: basic:USER:PASSWORD)");
      }
      return new RpcCredential.Basic(pair.substring(0, colon), pair.substring(colon + 1));
    }
    return new RpcCredential.Bearer(
        secret.startsWith(BEARER) ? secret.substring(BEARER.length()) : secret);
  }
}
