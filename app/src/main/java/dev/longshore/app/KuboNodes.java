package dev.longshore.app;

import dev.longshore.ipfs.kubo.IpfsNode;
import dev.longshore.ipfs.kubo.KuboAddress;
import dev.longshore.ipfs.kubo.KuboClient;
import dev.longshore.ipfs.kubo.RpcCredential;
import dev.longshore.runtime.config.ClientTlsSettings;
import dev.longshore.runtime.config.PeerSettings;
import dev.longshore.runtime.config.Secret;
import dev.longshore.runtime.tls.ClientTls;
import org.jspecify.annotations.Nullable;

/** Opens configured Kubo nodes. */
public final class KuboNodes {
  private static final String BASIC = "basic:";
  private static final String BEARER = "bearer:";

  private KuboNodes() {}

  /** The node; nothing is sent to it yet. */
  public static IpfsNode open(PeerSettings peer) {
    return open(peer, credential(peer.authorization()));
  }

  /** The node as who does not have its secret: whether it asks for one. */
  public static IpfsNode openAsStranger(PeerSettings peer) {
    return open(peer, new RpcCredential.None());
  }

  private static IpfsNode open(PeerSettings peer, RpcCredential credential) {
    ClientTlsSettings tls = peer.tls();
    return new KuboClient(
        tls == null
            ? new KuboAddress(peer.name(), peer.rpc(), peer.gateway(), credential)
            : new KuboAddress(
                peer.name(),
                peer.rpc(),
                peer.gateway(),
                credential,
                ClientTls.of(tls).context().getSocketFactory()));
  }

  /** As Kubo writes it: {@code bearer:TOKEN}, {@code basic:USER:PASSWORD}, or the token alone. */
  private static RpcCredential credential(@Nullable Secret authorization) {
    if (authorization == null) {
      return new RpcCredential.None();
    }
    String secret = authorization.reveal();
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
