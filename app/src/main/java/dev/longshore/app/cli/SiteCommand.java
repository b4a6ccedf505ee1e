package dev.longshore.app.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.app.parts.OwnerFiles;
import dev.longshore.app.query.find.ExitCode;
import dev.longshore.app.query.list.ListedSite;
import dev.longshore.app.settings.Settings;
import dev.longshore.events.SiteCredentialsState;
import dev.longshore.model.SiteName;
import dev.longshore.resolver.hub.access.CredentialChanges;
import dev.longshore.resolver.hub.access.SiteChangeException;
import dev.longshore.resolver.hub.access.SiteSecret;
import dev.longshore.resolver.hub.settings.SitesSettings;
import dev.longshore.settings.value.Durations;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code site}: the sites that a hub serves, and this machine as a node of one. */
@Command(
    name = "site",
    description = {
      "Adds, shows, pauses and revokes sites at a hub; at a site, joins it to a hub.",
      "All but join need the hub's settings and its Kafka user, longshore-hub."
    })
final class SiteCommand {
  /** A token is for a person who is about to paste it. */
  private static final Duration LONGEST_TOKEN = Duration.ofDays(30);

  private final Terminal terminal;
  private final Clock clock;

  SiteCommand(Terminal terminal, Clock clock) {
    this.terminal = terminal;
    this.clock = clock;
  }

  @Command(
      name = "add",
      description = {
        "Prints the command that joins one node of a site; type it at that node.",
        "Its token is good once. Add the site again for another node, or for one that was"
            + " reinstalled."
      })
  int add(
      @Mixin CommonOptions options,
      @Parameters(paramLabel = "NAME", description = "the site; a-z, 0-9, dot and hyphen")
          String name,
      @Option(
              names = "--group",
              required = true,
              paramLabel = "GROUP",
              description =
                  "group in the hub's settings, which says what the site keeps and how it uses its"
                      + " line")
          String group,
      @Option(
              names = "--token-for",
              paramLabel = "TIME",
              defaultValue = "24h",
              description = "how long the token is valid, up to 30d; default: ${DEFAULT-VALUE}")
          String tokenFor,
      @Option(
              names = "--line-file",
              paramLabel = "FILE",
              description = {
                "writes the arguments to FILE instead, for 'site join @FILE'; does nothing if FILE"
                    + " exists, so that a script may run it again"
              })
          @Nullable Path lineFile)
      throws CommandException, InterruptedException {
    if (lineFile != null && Files.exists(lineFile)) {
      terminal.done(lineFile + " is there already; for another token, remove it first");
      return ExitCode.COMPLETE.code();
    }
    Settings settings = options.settings();
    SitesSettings sites = OwnSites.of(settings);
    SiteName site = name(name);
    Duration time = time(tokenFor);
    requireGroup(sites, group);
    JoinLine line = JoinLine.of(settings, sites, site);
    SiteSecret token = SiteSecret.token();
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    new OwnSites(settings, terminal, clock)
        .change(
            "site add",
            site,
            current -> {
              try {
                return Optional.of(
                    CredentialChanges.added(current, site, group, token.hash(), now, time));
              } catch (SiteChangeException e) {
                throw new CommandException(String.valueOf(e.getMessage()), e);
              }
            });
    String command = line.with(token);
    if (lineFile != null) {
      writeLine(lineFile, line.arguments(token));
    } else if (options.json) {
      terminal.json(
          JsonNodeFactory.instance
              .objectNode()
              .put("site", name)
              .put("group", group)
              .put("join", command)
              .put("expiresAt", now.plus(time).toString()));
    } else {
      terminal.done(
          "type this at the site, once, until %s; it is shown only now:".formatted(now.plus(time)));
      terminal.result(command);
    }
    return ExitCode.COMPLETE.code();
  }

  private void writeLine(Path file, String arguments) throws CommandException {
    try {
      OwnerFiles.write(file, arguments + "\n");
      terminal.done("run at the site, once: longshore site join @" + file);
    } catch (IOException e) {
      throw new CommandException("%s could not be written: %s".formatted(file, e.getMessage()), e);
    }
  }

  private static SiteName name(String text) throws CommandException {
    try {
      return SiteName.parse(text);
    } catch (IllegalArgumentException e) {
      throw new CommandException(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
    }
  }

  private static Duration time(String text) throws CommandException {
    try {
      Duration time = Durations.parse(text);
      if (time.isPositive() && time.compareTo(LONGEST_TOKEN) <= 0) {
        return time;
      }
    } catch (IllegalArgumentException e) {
      throw new CommandException(ExitCode.USAGE, "--token-for: " + e.getMessage(), e);
    }
    throw new CommandException(
        ExitCode.USAGE, "--token-for: " + text + " (expected: more than 0s, up to 30d)", null);
  }

  private static void requireGroup(SitesSettings sites, String group) throws CommandException {
    if (!sites.hasGroup(group)) {
      throw new CommandException(
          ExitCode.USAGE,
          "--group: %s (expected: one of sites.groups: %s)"
              .formatted(
                  group,
                  String.join(", ", sites.groups().stream().map(one -> one.name()).toList())),
          null);
    }
  }

  @Command(name = "list", description = "Lists the sites with the last report of each.")
  int list(@Mixin CommonOptions options) throws CommandException, InterruptedException {
    List<ListedSite> sites = sites(options);
    if (options.json) {
      ObjectNode answer = JsonNodeFactory.instance.objectNode();
      var list = answer.putArray("sites");
      sites.forEach(site -> site.put(list.addObject()));
      terminal.json(answer);
    } else if (sites.isEmpty()) {
      terminal.done("no site: add one with 'longshore site add NAME --group GROUP'");
    } else {
      sites.forEach(site -> terminal.result(site.line(clock.instant())));
    }
    return ExitCode.COMPLETE.code();
  }

  @Command(name = "show", description = "Shows a site: its nodes, their credentials and reports.")
  int show(
      @Mixin CommonOptions options,
      @Parameters(paramLabel = "NAME", description = "the site") String name)
      throws CommandException, InterruptedException {
    SiteName wanted = name(name);
    ListedSite site =
        sites(options).stream()
            .filter(one -> one.state().site().equals(wanted))
            .findFirst()
            .orElseThrow(() -> noSite(wanted));
    if (options.json) {
      ObjectNode answer = JsonNodeFactory.instance.objectNode();
      site.put(answer);
      terminal.json(answer);
    } else {
      terminal.result(site.lines(clock.instant()));
    }
    return ExitCode.COMPLETE.code();
  }

  private List<ListedSite> sites(CommonOptions options)
      throws CommandException, InterruptedException {
    Settings settings = options.settings();
    return new OwnSites(settings, terminal, clock).all();
  }

  static CommandException noSite(SiteName site) {
    return new CommandException(
        "site %s: there is none (expected: one that 'longshore site list' shows)".formatted(site));
  }

  @Command(
      name = "revoke",
      description = {
        "Locks a site out: every hub refuses it within 10 s, and its tokens become void.",
        "The site keeps and serves what it has. 'site add' lets it in again."
      })
  int revoke(
      @Mixin CommonOptions options,
      @Parameters(paramLabel = "NAME", description = "the site") String name)
      throws CommandException, InterruptedException {
    Settings settings = options.settings();
    SiteName site = name(name);
    Instant now = clock.instant();
    boolean changed =
        new OwnSites(settings, terminal, clock)
            .change("site revoke", site, current -> revoked(site, current, now));
    if (options.json) {
      terminal.json(JsonNodeFactory.instance.objectNode().put("site", name).put("revoked", true));
    } else {
      terminal.result(
          changed
              ? site + " is revoked: every hub refuses it within 10 s"
              : site + " was revoked already");
    }
    return ExitCode.COMPLETE.code();
  }

  private static Optional<SiteCredentialsState> revoked(
      SiteName site, Optional<SiteCredentialsState> current, Instant now) throws CommandException {
    SiteCredentialsState state = current.orElseThrow(() -> noSite(site));
    return state.revokedAt() == null
        ? Optional.of(CredentialChanges.revoked(state, now))
        : Optional.empty();
  }

  @Command(
      name = "pause",
      description = {
        "Stops fetching ahead at a site, within a minute.",
        "Images that somebody pulls there are still fetched."
      })
  int pause(
      @Mixin CommonOptions options,
      @Parameters(paramLabel = "NAME", description = "the site") String name,
      @Option(
              names = "--for",
              paramLabel = "TIME",
              description = "how long, such as 8h; default: until 'site resume'")
          @Nullable String time)
      throws CommandException, InterruptedException {
    return new SiteOrders(options, terminal, clock).pause(name(name), time).code();
  }

  @Command(name = "resume", description = "Resumes fetching at a paused site.")
  int resume(
      @Mixin CommonOptions options,
      @Parameters(paramLabel = "NAME", description = "the site") String name)
      throws CommandException, InterruptedException {
    return new SiteOrders(options, terminal, clock).resume(name(name)).code();
  }

  @Command(
      name = "sync",
      description = {
        "Makes a site retry now, once, what waits after a failure or for its window.",
        "A site that does not reach the hub within an hour does not do it."
      })
  int sync(
      @Mixin CommonOptions options,
      @Parameters(paramLabel = "NAME", description = "the site") String name,
      @Option(
              names = "--now",
              required = true,
              description = "required: fetches outside of windows, too")
          boolean now)
      throws CommandException, InterruptedException {
    return new SiteOrders(options, terminal, clock).sync(name(name)).code();
  }

  @Command(
      name = "join",
      description = {
        "Makes this machine a node of a site; 'site add' at the hub prints the arguments.",
        "Checks this machine's Kubo first. If none answers and ipfs is installed, sets one up in"
            + " LONGSHORE_HOME, which 'service site' then runs.",
        "Run it again to renew the credential. It uses the proxy in HTTPS_PROXY."
      })
  int join(
      @Parameters(paramLabel = "URL", description = "the hub, such as https://hub.example.com:5050")
          URI hub,
      @Parameters(paramLabel = "NAME", description = "the site") String site,
      @ArgGroup(multiplicity = "1") JoinToken token,
      @Option(
              names = "--ca",
              paramLabel = "sha256:HEX",
              description =
                  "public key of the only authority to trust for the hub; default: those of Java")
          @Nullable String ca,
      @Option(
              names = "--key",
              paramLabel = "ID:KEY",
              description = "key that the hub signs with; refuses another hub")
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
              description = "RPC of this site's Kubo; default: http://127.0.0.1:5001")
          @Nullable URI kubo,
      @Option(
              names = "--gateway",
              paramLabel = "URL",
              description = "gateway of that Kubo; default: http://127.0.0.1:8080")
          @Nullable URI gateway,
      @Option(
              names = "--kubo-program",
              paramLabel = "FILE",
              description = {
                "ipfs program to set up this node's own Kubo with, at --kubo and --gateway or at"
                    + " free ports; default: ipfs on the PATH, if no Kubo answers"
              })
          @Nullable Path kuboProgram,
      @Option(
              names = "--kubo-repository",
              paramLabel = "FOLDER",
              description =
                  "repository of a Kubo that already runs; default: IPFS_PATH or ~/.ipfs, if it is"
                      + " that")
          @Nullable Path repository,
      @Option(
              names = {"-c", "--config"},
              paramLabel = "FILE",
              defaultValue = "longshore.yaml",
              description =
                  "settings file to write, if it does not exist; default: ${DEFAULT-VALUE}")
          Path config)
      throws CommandException, InterruptedException {
    return new SiteJoin(
            terminal, clock, new NodeKubo.Named(kubo, gateway, repository, kuboProgram), config)
        .run(hub, site, node, token.read(System.in), ca, key)
        .code();
  }
}
