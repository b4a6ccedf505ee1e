package dev.longshore.runtime.config;

import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A Kubo node that keeps copies. */
public record PeerSettings(
    @Setting(unique = "name", doc = "name for people, copies and metrics") String name,
    @Setting(value = "default", doc = "where it stands; copies are spread over sites") String site,
    @Setting(unique = "rpc", doc = "RPC API, such as http://127.0.0.1:5102") URI rpc,
    @Setting(doc = "gateway, such as http://127.0.0.1:8182; reads go through it") URI gateway,
    @Setting(
            value = "[]",
            doc = "multiaddresses at which other peers reach it; asked of the node if empty")
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
    @Setting(value = "false", doc = "write to the node though the public can reach it")
        boolean allowPublicIpfs) {

  public PeerSettings {
    swarm = List.copyOf(swarm);
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
  }
}
