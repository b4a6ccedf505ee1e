package dev.longshore.app.cli;

import dev.longshore.app.KuboNodes;
import dev.longshore.app.Version;
import dev.longshore.app.query.find.ExitCode;
import dev.longshore.app.settings.ConfigFile;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.model.SiteName;
import dev.longshore.resolver.site.Joining;
import dev.longshore.resolver.site.Joining.Wish;
import dev.longshore.resolver.site.SiteFolder;
import dev.longshore.runtime.config.PeerSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Carries out {@code site join}. */
record SiteJoin(
    Terminal terminal, Clock clock, URI kubo, URI gateway, @Nullable Path repository, Path config) {

  ExitCode run(
      URI hub, String site, String node, String token, @Nullable String ca, @Nullable String key)
      throws CommandException, InterruptedException {
    Wish wish = wish(hub, site, node, token, ca, key);
    PeerSettings own = own();
    Path home = ConfigFile.home().folder().toAbsolutePath();
    Joining joining = new Joining(new SiteFolder(home), Version.NUMBER, clock);
    Optional<Path> blocks = checkNode(joining, KuboNodes.open(own));
    try {
      boolean now = joining.join(wish);
      terminal.done(
          now
              ? "node %s of site %s has joined at %s".formatted(node, site, wish.hub())
              : "node %s is of site %s already; its credential is renewed".formatted(node, site));
      write(SiteConfig.text(home, wish, own, blocks));
    } catch (IOException e) {
      throw new CommandException("site join: " + e.getMessage(), e);
    }
    return ExitCode.COMPLETE;
  }

  private static Wish wish(
      URI hub, String site, String node, String token, @Nullable String ca, @Nullable String key)
      throws CommandException {
    try {
      return new Wish(
          hub, new SiteName(site), node, token, ca, key == null ? null : Joining.key(key));
    } catch (IllegalArgumentException e) {
      throw new CommandException(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
    }
  }

  private PeerSettings own() throws CommandException {
    try {
      return new PeerSettings("own", "default", kubo, gateway, List.of(), null, false, false);
    } catch (IllegalArgumentException e) {
      throw new CommandException(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
    }
  }

  /** Where its blocks lie, if they do on this machine. */
  private Optional<Path> checkNode(Joining joining, IpfsNode node) throws CommandException {
    Path likely = repository == null ? usual() : repository.toAbsolutePath();
    try {
      boolean here = joining.checkNode(node, false, likely);
      if (!here && repository != null) {
        throw new CommandException(
            "site join: %s does not have the blocks of the Kubo at %s, or cannot be read"
                .formatted(repository, kubo));
      }
      terminal.done(
          "its Kubo at %s answers, is private, and takes blocks; run it without --enable-gc"
              .formatted(kubo));
      return here ? Optional.of(likely) : Optional.empty();
    } catch (IOException e) {
      throw new CommandException(
          "site join: %s; the token is not spent".formatted(e.getMessage()), e);
    }
  }

  private static Path usual() {
    String named = System.getenv("IPFS_PATH");
    return named == null || named.isEmpty()
        ? Path.of(System.getProperty("user.home"), ".ipfs")
        : Path.of(named).toAbsolutePath();
  }

  /** Never over somebody's file. */
  private void write(String text) throws IOException {
    try {
      Files.writeString(config, text, StandardOpenOption.CREATE_NEW);
      terminal.done("settings are in " + config);
    } catch (FileAlreadyExistsException e) {
      if (!Files.readString(config).equals(text)) {
        terminal.done(config + " is there and stays as it is; service site needs these settings:");
        terminal.result(text.stripTrailing());
      }
    }
    terminal.done("next: longshore service site --config " + config);
  }
}
