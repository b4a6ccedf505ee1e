package dev.longshore.runtime.config;

import dev.longshore.runtime.service.tls.ClientTlsSettings;
import dev.longshore.settings.Inline;
import dev.longshore.settings.Secret;
import dev.longshore.settings.Setting;
import dev.longshore.settings.value.Listen;
import dev.longshore.settings.value.Web;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A Kubo node that keeps copies. */
public record PeerSettings(
    @Setting(unique = "name", doc = "its name, in messages, records and metrics") String name,
    @Inline PeerPlace place,
    @Setting(unique = "rpc", doc = "RPC API, such as http://127.0.0.1:5102") URI rpc,
    @Setting(doc = "gateway, such as http://127.0.0.1:8182; reads go through it") URI gateway,
    @Setting(
            value = "[]",
            doc = "multiaddresses at which other peers reach it; from the node itself if empty")
        List<String> swarm,
    @Setting(
            doc =
                "file with the secret of the node's API.Authorizations; needed unless rpc is on"
                    + " loopback")
        @Nullable Secret authorization,
    @Setting(
            value = "true",
            doc = "whether it keeps copies; if not, images are only written to it first")
        boolean keep,
    @Setting(value = "false", doc = "write to the node even if the public can reach it")
        boolean allowPublicIpfs,
    @Setting(doc = "your own authorities and certificate, for rpc and gateway")
        @Nullable ClientTlsSettings tls,
    @Setting(
            value = "false",
            doc = "use HTTP without TLS for a node that is not on loopback, in a closed network")
        boolean allowPlaintext) {

  public PeerSettings {
    swarm = List.copyOf(swarm);
    if (name.isBlank()) {
      throw new IllegalArgumentException("name: is empty (expected: a name)");
    }
    if (!Web.isHttp(rpc) || !Web.isHttp(gateway)) {
      throw new IllegalArgumentException(
          "rpc: "
              + Web.shown(rpc)
              + ", gateway: "
              + Web.shown(gateway)
              + " (expected: http or https, without a user)");
    }
    if (authorization == null && !new Listen(rpc.getHost(), 0).loopback()) {
      throw new IllegalArgumentException(
          "rpc: "
              + Web.shown(rpc)
              + " is not on loopback: set API.Authorizations on the node and name the secret's file"
              + " as authorization-file");
    }
    if (tls != null && !Web.isHttps(rpc) && !Web.isHttps(gateway)) {
      throw new IllegalArgumentException(
          "tls: neither rpc nor gateway is https, so it would not be used (expected: https)");
    }
    for (URI address : List.of(rpc, gateway)) {
      if (!allowPlaintext && !Web.isClosed(address)) {
        throw new IllegalArgumentException(
            Web.shown(address)
                + " is not on loopback, and others can listen in: use https, or set"
                + " allow-plaintext where its network is closed");
      }
    }
  }

  /** A node on loopback, or one whose certificates the Java runtime trusts. */
  public PeerSettings(
      String name,
      String zone,
      URI rpc,
      URI gateway,
      List<String> swarm,
      @Nullable Secret authorization,
      boolean keep,
      boolean allowPublicIpfs) {
    this(
        name,
        PeerPlace.of(zone),
        rpc,
        gateway,
        swarm,
        authorization,
        keep,
        allowPublicIpfs,
        null,
        false);
  }
}
