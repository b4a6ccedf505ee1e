package dev.longshore.app.cli;

import dev.longshore.app.KafkaConnection;
import dev.longshore.app.hub.KafkaSiteCredentials;
import dev.longshore.app.query.find.ExitCode;
import dev.longshore.app.query.list.ListedSite;
import dev.longshore.app.settings.Settings;
import dev.longshore.events.SiteCredentialsState;
import dev.longshore.events.SiteState;
import dev.longshore.events.State;
import dev.longshore.events.Topic;
import dev.longshore.model.SiteName;
import dev.longshore.resolver.hub.access.NotStoredException;
import dev.longshore.resolver.hub.access.SiteCredentialsStore;
import dev.longshore.resolver.hub.settings.SitesSettings;
import dev.longshore.runtime.kafka.StateReader;
import dev.longshore.runtime.kafka.link.KafkaSettings;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** Sites of whoever types the command, read and written with the rights of a hub. */
final class OwnSites {
  private static final Duration READ_LIMIT = Duration.ofSeconds(20);

  private final Settings settings;
  private final Terminal terminal;
  private final Clock clock;

  OwnSites(Settings settings, Terminal terminal, Clock clock) {
    this.settings = settings;
    this.terminal = terminal;
    this.clock = clock;
  }

  /** The hub's settings. */
  static SitesSettings of(Settings settings) throws CommandException {
    SitesSettings sites = settings.sites();
    if (sites == null) {
      throw new CommandException(
          ExitCode.USAGE,
          "sites: no settings (expected: --config of a hub, with url, signing-key-file and groups)",
          null);
    }
    return sites;
  }

  /**
   * Writes what follows who may speak as a site, and tells the audit.
   *
   * @return whether anything was to be changed
   */
  boolean change(
      String command, SiteName site, SiteCredentialsStore.Change<CommandException> change)
      throws CommandException, InterruptedException {
    AtomicBoolean changed = new AtomicBoolean();
    boolean done = false;
    try {
      new KafkaSiteCredentials(settings.shared().kafka(), "cli", clock)
          .change(
              site,
              current -> {
                var after = change.after(current);
                changed.set(after.isPresent());
                return after;
              });
      done = true;
    } catch (NotStoredException e) {
      throw failed("%s %s: %s".formatted(command, site, e.getMessage()), e);
    } finally {
      String result = changed.get() ? "changed" : "left as it was";
      new OwnDecisions(settings, terminal, clock)
          .remember(command, site.text(), done ? result : "failed");
    }
    return changed.get();
  }

  /** All sites, by name, with the reports that count. */
  List<ListedSite> all() throws CommandException, InterruptedException {
    KafkaSettings kafka = settings.shared().kafka();
    StateReader reader =
        new StateReader(KafkaConnection.of(kafka), kafka.topicPrefix(), READ_LIMIT);
    try {
      List<SiteState> reports = of(SiteState.class, reader.read(Topic.SITES));
      return of(SiteCredentialsState.class, reader.read(Topic.SITECREDENTIALS)).stream()
          .map(state -> ListedSite.of(state, reports))
          .sorted((one, other) -> one.name().compareTo(other.name()))
          .toList();
    } catch (IOException e) {
      throw failed(String.valueOf(e.getMessage()), e);
    }
  }

  private static <S extends State> List<S> of(Class<S> type, List<State> states) {
    List<S> found = new ArrayList<>();
    states.stream().filter(type::isInstance).map(type::cast).forEach(found::add);
    return found;
  }

  private static CommandException failed(String what, Exception cause) {
    return new CommandException(
        what + " (site commands need the hub's settings, with its Kafka user)", cause);
  }
}
