package dev.longshore.app;

import dev.longshore.app.hub.KafkaReports;
import dev.longshore.app.hub.KafkaSiteCredentials;
import dev.longshore.app.hub.SiteHints;
import dev.longshore.resolver.hub.AnswerSigner;
import dev.longshore.resolver.hub.Hub;
import dev.longshore.resolver.hub.access.AccessRoutes;
import dev.longshore.resolver.hub.access.SigningKeys;
import dev.longshore.resolver.hub.access.SiteCredentials;
import dev.longshore.resolver.hub.settings.SiteGroupSettings;
import dev.longshore.resolver.hub.settings.SitesSettings;
import dev.longshore.runtime.config.ServiceContext;
import dev.longshore.runtime.kafka.link.KafkaSettings;
import dev.longshore.runtime.kafka.record.EventSender;
import dev.longshore.runtime.service.lifecycle.Part;
import dev.longshore.runtime.service.metrics.LoopTurns;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/** What makes a resolver a hub of sites. */
final class HubParts {
  /** It is read to its end every five seconds while Kafka answers. */
  private static final Duration READ_WITHIN = Duration.ofMinutes(10);

  private final FollowedSites sites;
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
    this.sites = new FollowedSites(context, groups, credentials::know);
    sites
        .lags()
        .measure(
            context.shared().instance(),
            context.telemetry().getMeter("dev.longshore.hub"),
            sites::lastKnown);
    new LoopTurns(context.telemetry())
        .follow("hub sites", READ_WITHIN, () -> sites.readAt(context.clock().instant()));
    this.reports = new KafkaReports(sender);
    AccessRoutes access =
        new AccessRoutes(
            new KafkaSiteCredentials(kafka, "hub", context.clock()),
            credentials,
            sites::age,
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
            sites.lags(),
            new SiteHints(context.shared().registries(), reports::hint, context.clock()));
  }

  private static SigningKeys keys(SitesSettings settings) {
    try {
      return SigningKeys.open(settings.signingKeyFile(), settings.earlierSigningKeyFiles());
    } catch (IOException e) {
      throw new UncheckedIOException("sites.signing-key-file: " + e.getMessage(), e);
    }
  }

  /** Who its sites are, and what they reported to any hub. */
  FollowedSites sites() {
    return sites;
  }

  /** Keeps what sites report. */
  Part reports() {
    return Running.closing("site reports", reports);
  }

  Hub hub() {
    return hub;
  }
}
