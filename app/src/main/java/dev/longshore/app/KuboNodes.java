package dev.longshore.app;

import dev.longshore.ipfs.kubo.IpfsNode;
import dev.longshore.ipfs.kubo.KuboAddress;
import dev.longshore.ipfs.kubo.KuboClient;
import dev.longshore.runtime.config.ClientTlsSettings;
import dev.longshore.runtime.config.PeerSettings;
import dev.longshore.runtime.tls.ClientTls;
import javax.net.ssl.SSLSocketFactory;

/** Opens configured Kubo nodes. */
public final class KuboNodes {
  private KuboNodes() {}

  /** The node; nothing is sent to it yet. */
  public static IpfsNode open(PeerSettings peer) {
    ClientTlsSettings tls = peer.tls();
    SSLSocketFactory sockets =
        tls == null
            ? (SSLSocketFactory) SSLSocketFactory.getDefault()
            : ClientTls.of(tls).context().getSocketFactory();
    return new KuboClient(
        new KuboAddress(
            peer.name(),
            peer.rpc(),
            peer.gateway(),
            new NodeLogin(peer.name(), peer.authorization()),
            sockets));
  }
}
