package dev.longshore.app;

import dev.longshore.ipfs.kubo.KuboAddress;
import dev.longshore.ipfs.kubo.KuboClient;
import dev.longshore.ipfs.kubo.RpcCredential;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.runtime.config.PeerSettings;
import dev.longshore.runtime.service.tls.ClientTls;
import dev.longshore.runtime.service.tls.ClientTlsSettings;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/** Opens configured Kubo nodes. */
public final class KuboNodes {
  /** One for all: kept connections belong to it. */
  private static final SSLSocketFactory BY_JAVA = new LateSockets();

  /** These watch their files for as long as the process runs, so each is made once. */
  private static final Map<ClientTlsSettings, SSLSocketFactory> BY_TLS = new ConcurrentHashMap<>();

  private KuboNodes() {}

  /** The node, without a call to it. */
  public static IpfsNode open(PeerSettings peer) {
    return open(peer, new NodeLogin(peer.name(), peer.authorization()));
  }

  /** The node without its secret, to check whether it asks for one. */
  public static IpfsNode openAsStranger(PeerSettings peer) {
    return open(peer, RpcCredential.None::new);
  }

  private static IpfsNode open(PeerSettings peer, Supplier<RpcCredential> login) {
    return new KuboClient(
        new KuboAddress(peer.name(), peer.rpc(), peer.gateway(), login, sockets(peer.tls())));
  }

  static SSLSocketFactory sockets(@Nullable ClientTlsSettings tls) {
    return tls == null
        ? BY_JAVA
        : BY_TLS.computeIfAbsent(tls, its -> ClientTls.of(its).context().getSocketFactory());
  }
}
