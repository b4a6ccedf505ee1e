package dev.longshore.app.cli;

import dev.longshore.app.KafkaConnection;
import dev.longshore.app.query.lag.KnownSites;
import dev.longshore.app.settings.Settings;
import dev.longshore.events.SiteCredentialsState;
import dev.longshore.events.SiteState;
import dev.longshore.events.State;
import dev.longshore.events.Topic;
import dev.longshore.resolver.hub.SiteLags;
import dev.longshore.resolver.hub.settings.SitesSettings;
import dev.longshore.runtime.kafka.StateReader;
import dev.longshore.runtime.kafka.link.KafkaSettings;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Sites as a command reads them from Kafka, when it has the settings of a hub. */
final class ReadSites implements KnownSites.Source, AutoCloseable {
  private static final Duration READ_LIMIT = Duration.ofSeconds(20);

  private final Settings settings;
  private final OwnCatalog catalog;
  private @Nullable SiteLags lags;

  ReadSites(Settings settings, OwnCatalog catalog) {
    this.settings = settings;
    this.catalog = catalog;
  }

  @Override
  public Optional<KnownSites> now() throws CommandException, InterruptedException {
    SitesSettings sites = settings.sites();
    if (sites == null) {
      return Optional.empty();
    }
    SiteLags made =
        lags == null ? new SiteLags(catalog.now(), sites::groups, Clock.systemUTC()) : lags;
    lags = made;
    KafkaSettings kafka = settings.shared().kafka();
    StateReader reader =
        new StateReader(KafkaConnection.of(kafka), kafka.topicPrefix(), READ_LIMIT);
    try {
      return Optional.of(
          new KnownSites(
              of(SiteCredentialsState.class, reader.read(Topic.SITECREDENTIALS)),
              of(SiteState.class, reader.read(Topic.SITES)),
              made));
    } catch (IOException e) {
      throw new CommandException(
          e.getMessage() + " (what sites report is read with a hub's settings and Kafka user)", e);
    }
  }

  private static <S extends State> List<S> of(Class<S> type, List<State> states) {
    return states.stream().filter(type::isInstance).map(type::cast).toList();
  }

  @Override
  public void close() {
    if (lags != null) {
      lags.close();
    }
  }
}
