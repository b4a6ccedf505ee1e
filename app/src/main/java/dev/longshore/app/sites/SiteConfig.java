package dev.longshore.app.sites;

import dev.longshore.app.parts.Ports.SitePorts;
import dev.longshore.resolver.site.Joining.Invitation;
import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a node that has just joined a site.
 *
 * @param rpc of its Kubo
 * @param gateway of its Kubo
 * @param blocks repository of its Kubo, if that is on this machine
 * @param program {@code ipfs}, if the node runs its Kubo itself
 * @param ports where it listens, if not where every node does
 */
public record SiteConfig(
    Path home,
    Invitation invitation,
    URI rpc,
    URI gateway,
    @Nullable Path blocks,
    @Nullable Path program,
    @Nullable SitePorts ports) {
  /** As YAML. */
  public String text() {
    StringBuilder text =
        new StringBuilder(
            """
            # Node %s of site %s: longshore service site --config FILE
            home: %s
            site:
              hubs: ["%s"]
            """
                .formatted(invitation.node(), invitation.site(), quoted(home), invitation.hub()));
    if (program != null) {
      text.append("  # Started, watched and ended by the service, on the repository below.\n");
      text.append("  kubo-program: ").append(quoted(program)).append('\n');
    }
    text.append("resolver:\n");
    if (ports != null) {
      text.append("  listen: 127.0.0.1:%d\n".formatted(ports.resolver()));
      text.append("  grpc-listen: 127.0.0.1:%d\n".formatted(ports.resolverGrpc()));
    }
    text.append("  kubo: {name: own, rpc: \"%s\", gateway: \"%s\"}\n".formatted(rpc, gateway));
    if (blocks != null) {
      text.append("  kubo-repository: ").append(quoted(blocks)).append('\n');
    }
    text.append("  # The node has the blocks already.\n  cache-size: 0\n");
    if (ports != null) {
      text.append("health:\n  listen: 127.0.0.1:%d\n".formatted(ports.health()));
    }
    return text.toString();
  }

  private static String quoted(Path path) {
    return "'" + path.toString().replace("'", "''") + "'";
  }
}
