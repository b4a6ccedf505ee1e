package dev.longshore.app;

import dev.longshore.app.hub.KafkaReports;
import dev.longshore.app.hub.KafkaSiteCredentials;
import dev.longshore.app.query.find.QueryException;
import dev.longshore.app.query.lag.KnownSites;
import dev.longshore.events.SiteCredentialsState;
import dev.longshore.events.SiteState;
import dev.longshore.events.State;
import dev.longshore.events.Topic;
import dev.longshore.resolver.hub.AnswerSigner;
import dev.longshore.resolver.hub.Hub;
import dev.longshore.resolver.hub.SiteLags;
import dev.longshore.resolver.hub.access.AccessRoutes;
import dev.longshore.resolver.hub.access.SigningKeys;
import dev.longshore.resolver.hub.access.SiteCredentials;
import dev.longshore.resolver.hub.settings.SiteGroupSettings;
import dev.longshore.resolver.hub.settings.SitesSettings;
import dev.longshore.runtime.config.ServiceContext;
import dev.longshore.runtime.kafka.follow.StateFollower;
import dev.longshore.runtime.kafka.link.KafkaSettings;
import dev.longshore.runtime.kafka.record.EventSender;
import dev.longshore.runtime.service.lifecycle.Part;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What makes a resolver a hub of sites. */
final class HubParts {
  private final StateFollower follower;
  private final StateFollower reported;
  private final AtomicReference<@Nullable List<SiteCredentialsState>> sites =
      new AtomicReference<>();
  private final AtomicReference<@Nullable List<SiteState>> lastReports = new AtomicReference<>();
  private final SiteLags lags;
  private final KafkaReports reports;
  private final Hub hub;

  /**
   * Wires it, without starting it.
   *
   * @param groups those that count now
   * @param sender for reports, opened when the first one is to be kept
   * @throws UncheckedIOException when its signing keys cannot be used
   */
  HubParts(
      ServiceContext context,
      SitesSettings settings,
      Supplier<List<SiteGroupSettings>> groups,
      Supplier<EventSender> sender) {
    KafkaSettings kafka = context.shared().kafka();
    SigningKeys keys = keys(settings);
    SiteCredentials credentials = new SiteCredentials(context.clock());
    this.follower =
        new StateFollower(
            KafkaConnection.of(kafka),
            kafka.topicPrefix(),
            Topic.SITECREDENTIALS,
            states -> {
              List<SiteCredentialsState> all = of(SiteCredentialsState.class, states);
              credentials.know(all);
              sites.set(all);
              reported();
            },
            context.clock());
    this.reported =
        new StateFollower(
            KafkaConnection.of(kafka),
            kafka.topicPrefix(),
            Topic.SITES,
            states -> {
              lastReports.set(of(SiteState.class, states));
              reported();
            },
            context.clock());
    this.lags = new SiteLags(context.catalog(), groups, context.clock());
    lags.measure(
        context.shared().instance(),
        context.telemetry().getMeter("dev.longshore.hub"),
        () -> all().map(its -> new SiteLags.Known(its.sites(), its.reports())));
    this.reports = new KafkaReports(sender);
    AccessRoutes access =
        new AccessRoutes(
            new KafkaSiteCredentials(kafka, "hub", context.clock()),
            credentials,
            follower::age,
            keys::published,
            keys::signers,
            settings.credentialFor(),
            context.telemetry().getMeter("dev.longshore.hub"),
            context.clock());
    this.hub =
        new Hub(
            context.shared().instance(),
            groups,
            credentials,
            access.admission(),
            new AnswerSigner(keys.current().id(), keys.signing()),
            reports,
            access.routes(),
            context.current()::rules,
            lags);
  }

  private static SigningKeys keys(SitesSettings settings) {
    try {
      return SigningKeys.open(settings.signingKeyFile(), settings.earlierSigningKeyFiles());
    } catch (IOException e) {
      throw new UncheckedIOException("sites.signing-key-file: " + e.getMessage(), e);
    }
  }

  private static <S extends State> List<S> of(Class<S> type, Map<String, State> states) {
    return states.values().stream().filter(type::isInstance).map(type::cast).toList();
  }

  /** Reads who its sites are, and what they reported to any hub; does not wait for it. */
  Part follower() {
    return new Running(
        "sites",
        () -> {
          follower.start();
          reported.start();
        },
        _ -> {
          follower.close();
          reported.close();
          lags.close();
        });
  }

  private void reported() {
    all().ifPresent(its -> lags.reported(new SiteLags.Known(its.sites(), its.reports())));
  }

  /** Empty while it is still to be read. */
  private Optional<KnownSites> all() {
    List<SiteCredentialsState> known = sites.get();
    List<SiteState> last = lastReports.get();
    return known == null || last == null
        ? Optional.empty()
        : Optional.of(new KnownSites(known, last, lags));
  }

  /** What it knows of its sites; fails while it is still to be read, or no more is. */
  Optional<KnownSites> known() throws QueryException {
    Optional<String> ended = follower.ended().or(reported::ended);
    if (ended.isPresent()) {
      throw new QueryException(ended.get());
    }
    Optional<KnownSites> known = all();
    if (known.isEmpty()) {
      throw new QueryException(
          "what sites reported is not read yet: "
              + follower.problem().or(reported::problem).orElse("try again"));
    }
    return known;
  }

  /** Keeps what sites report. */
  Part reports() {
    return Running.closing("site reports", reports);
  }

  Hub hub() {
    return hub;
  }

  /** A hub serves the sites that it knows, however long Kafka is away. */
  Optional<String> trouble() {
    return follower.age().isPresent() ? follower.ended().or(reported::ended) : follower.problem();
  }
}
