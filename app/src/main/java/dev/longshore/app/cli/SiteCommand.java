package dev.longshore.app.cli;

import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code site}: the sites that a hub serves. */
@Command(name = "site", description = "Makes this machine a node of a site.")
final class SiteCommand {
  private final Terminal terminal;
  private final Clock clock;

  SiteCommand(Terminal terminal, Clock clock) {
    this.terminal = terminal;
    this.clock = clock;
  }

  @Command(
      name = "join",
      description = {
        "Makes this machine a node of a site: run there what 'site add' printed at the hub.",
        "Checks its Kubo first, as the token is good once. Run again, it renews the credential.",
        "Goes through the proxy that HTTPS_PROXY names, if it does."
      })
  int join(
      @Parameters(paramLabel = "URL", description = "the hub, such as https://hub.example.com:5055")
          URI hub,
      @Parameters(paramLabel = "NAME", description = "the site") String site,
      @Option(names = "--token", required = true, paramLabel = "TOKEN", description = "good once")
          String token,
      @Option(
              names = "--ca",
              paramLabel = "sha256:HEX",
              description =
                  "public key of the hub's authority, believed alone; without it those of Java")
          @Nullable String ca,
      @Option(
              names = "--key",
              paramLabel = "ID:KEY",
              description = "key that the hub signs with; another hub is refused")
          @Nullable String key,
      @Option(
              names = "--node",
              paramLabel = "NAME",
              defaultValue = "main",
              description = "this node's name within the site; default: ${DEFAULT-VALUE}")
          String node,
      @Option(
              names = "--kubo",
              paramLabel = "URL",
              defaultValue = "http://127.0.0.1:5001",
              description = "RPC of this site's Kubo; default: ${DEFAULT-VALUE}")
          URI kubo,
      @Option(
              names = "--gateway",
              paramLabel = "URL",
              defaultValue = "http://127.0.0.1:8080",
              description = "gateway of that Kubo; default: ${DEFAULT-VALUE}")
          URI gateway,
      @Option(
              names = "--kubo-repository",
              paramLabel = "FOLDER",
              description = "its repository; IPFS_PATH or ~/.ipfs if that is it")
          @Nullable Path repository,
      @Option(
              names = {"-c", "--config"},
              paramLabel = "FILE",
              defaultValue = "longshore.yaml",
              description = "settings to write, unless there are some; default: ${DEFAULT-VALUE}")
          Path config)
      throws CommandException, InterruptedException {
    return new SiteJoin(terminal, clock, kubo, gateway, repository, config)
        .run(hub, site, node, token, ca, key)
        .code();
  }
}
