package dev.longshore.app.cli;

import dev.longshore.app.Version;
import dev.longshore.app.parts.PartFailedException;
import dev.longshore.app.query.find.ExitCode;
import dev.longshore.app.settings.ConfigFile;
import dev.longshore.app.sites.OwnKubo;
import dev.longshore.app.sites.SiteConfig;
import dev.longshore.model.SiteName;
import dev.longshore.resolver.site.Joining;
import dev.longshore.resolver.site.Joining.Invitation;
import dev.longshore.resolver.site.SiteFolder;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/** Carries out {@code site join}. */
record SiteJoin(Terminal terminal, Clock clock, NodeKubo.Named named, Path config) {

  ExitCode run(
      URI hub, String site, String node, String token, @Nullable String ca, @Nullable String key)
      throws CommandException, InterruptedException {
    Invitation invitation = invitation(hub, site, node, token, ca, key);
    Path home = ConfigFile.home().folder().toAbsolutePath();
    NodeKubo kubo = NodeKubo.choose(home, named);
    Joining joining = new Joining(new SiteFolder(home), Version.NUMBER, clock);
    boolean blocks = check(kubo, joining, home);
    try {
      boolean now = joining.join(invitation);
      terminal.done(
          now
              ? "node %s of site %s has joined at %s".formatted(node, site, invitation.hub())
              : "node %s is of site %s already; its credential is renewed".formatted(node, site));
      OwnKubo own = kubo.own();
      write(
          new SiteConfig(
                  home,
                  invitation,
                  kubo.rpc(),
                  kubo.gateway(),
                  blocks ? kubo.likely() : null,
                  own == null ? null : own.program(),
                  null)
              .text());
    } catch (IOException e) {
      throw new CommandException("site join: " + e.getMessage(), e);
    }
    return ExitCode.COMPLETE;
  }

  private static Invitation invitation(
      URI hub, String site, String node, String token, @Nullable String ca, @Nullable String key)
      throws CommandException {
    try {
      return new Invitation(
          hub, new SiteName(site), node, token, ca, key == null ? null : Joining.key(key));
    } catch (IllegalArgumentException e) {
      throw new CommandException(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
    }
  }

  /** Whether its blocks lie on this machine, where it may have them. */
  private boolean check(NodeKubo kubo, Joining joining, Path home)
      throws CommandException, InterruptedException {
    try {
      boolean here = kubo.check(joining, home);
      if (!here && (named.repository() != null || kubo.own() != null)) {
        throw new CommandException(
            "site join: %s does not have the blocks of the Kubo at %s, or cannot be read; the token is not spent"
                .formatted(kubo.likely(), kubo.rpc()),
            null);
      }
      terminal.done(
          kubo.own() == null
              ? "its Kubo at %s answers, is private, and takes blocks; run it without --enable-gc"
                  .formatted(kubo.rpc())
              : "its own Kubo is in %s, private, and takes blocks; the service runs it at %s"
                  .formatted(kubo.likely(), kubo.rpc()));
      return here;
    } catch (IOException | PartFailedException e) {
      throw new CommandException(
          "site join: %s; the token is not spent".formatted(e.getMessage()), e);
    }
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
