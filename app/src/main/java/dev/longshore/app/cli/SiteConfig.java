package dev.longshore.app.cli;

import dev.longshore.resolver.site.Joining.Wish;
import dev.longshore.runtime.config.PeerSettings;
import java.nio.file.Path;
import java.util.Optional;

/** The settings of a node that has just joined a site. */
final class SiteConfig {
  private SiteConfig() {}

  /**
   * As YAML.
   *
   * @param blocks repository of its Kubo, if that is on this machine
   */
  static String text(Path home, Wish wish, PeerSettings kubo, Optional<Path> blocks) {
    String repository =
        blocks.map(folder -> "  kubo-repository: " + quoted(folder) + "\n").orElse("");
    return """
    # Node %s of site %s: longshore service site --config FILE
    home: %s
    site:
      hubs: ["%s"]
    resolver:
      kubo: {name: %s, rpc: "%s", gateway: "%s"}
    %s  # The node has the blocks already.
      cache-size: 0
    """
        .formatted(
            wish.node(),
            wish.site(),
            quoted(home),
            wish.hub(),
            kubo.name(),
            kubo.rpc(),
            kubo.gateway(),
            repository);
  }

  private static String quoted(Path path) {
    return "'" + path.toString().replace("'", "''") + "'";
  }
}
