package dev.longshore.app;

import dev.longshore.app.hub.KafkaReports;
import dev.longshore.app.ops.GivenBack;
import dev.longshore.app.ops.OpsService;
import dev.longshore.app.query.http.QueryRoutes;
import dev.longshore.app.query.lag.KnownSites;
import dev.longshore.app.settings.FollowedSettings;
import dev.longshore.app.settings.Settings;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.resolver.ResolverConfig;
import dev.longshore.resolver.ResolverService;
import dev.longshore.resolver.hub.settings.SiteGroupSettings;
import dev.longshore.runtime.config.ServiceContext;
import dev.longshore.runtime.kafka.DeadLetters;
import dev.longshore.runtime.kafka.decision.DecisionWriter;
import dev.longshore.runtime.kafka.link.KafkaSettings;
import dev.longshore.watcher.Deliveries;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Wires what serves images, sites and people: the resolver, which may be a hub, and the page. */
final class ServingParts {
  /** Somebody waits for what a page decides. */
  private static final Duration PAGE_LIMIT = Duration.ofSeconds(20);

  private final ServiceProcess process;
  private final Settings settings;
  private final ServiceContext context;
  private @Nullable FollowedSites sites;

  ServingParts(ServiceProcess process, Settings settings) {
    this.process = process;
    this.settings = settings;
    this.context = process.context();
  }

  /** What a hub knows of its sites; nothing where there is none. */
  KnownSites.Source knownSites() {
    return sites == null ? KnownSites.Source.NONE : sites::known;
  }

  /**
   * What commands show and decide, in a browser.
   *
   * @param alone whether the process has nothing else to do
   */
  void page(FollowedSettings followed, @Nullable Deliveries deliveries, boolean alone) {
    if (alone) {
      GivenBack.ofThisProcess().ifPresent(part -> process.add(part, part::trouble));
    }
    if (sites == null && settings.sites() != null) { // a hub's settings, without its resolver
      FollowedSites own = new FollowedSites(context, followed::siteGroups, _ -> {});
      process.add(own.part());
      sites = own;
    }
    KafkaSettings kafka = settings.shared().kafka();
    Map<String, Object> connection = KafkaConnection.of(kafka);
    OpsService page =
        new OpsService(
            context,
            new OpsService.Sources(
                followed::now,
                followed::staleness,
                process::caughtUp,
                () -> process.follower().problem(),
                deliveries,
                knownSites()),
            new DecisionWriter(connection, kafka.topicPrefix(), "ops", PAGE_LIMIT, context.clock())
                ::write,
            new DeadLetters(connection, kafka.topicPrefix(), PAGE_LIMIT),
            process.vertx());
    if (sites != null) {
      sites.onChange(page::sitesChanged);
    }
    page.parts().forEach(process::add);
    process.watch("operations page", page::trouble);
  }

  /** Images with a verified copy are served by name, digest and CID. */
  void resolver(Supplier<List<SiteGroupSettings>> siteGroups) {
    ResolverConfig its = settings.neededResolver();
    KafkaPulls pulls = new KafkaPulls(() -> process.sender("resolver-pulls", KafkaPulls.LIMIT));
    process.add(Running.closing("pull sender", pulls));
    Optional<HubParts> hub =
        Optional.ofNullable(settings.sites())
            .map(
                sites ->
                    new HubParts(
                        context,
                        sites,
                        siteGroups,
                        () -> process.sender("hub", KafkaReports.LIMIT)));
    hub.ifPresent(
        one -> {
          process.add(one.sites().part());
          process.add(one.reports());
          process.watch("sites", one.sites()::trouble);
          sites = one.sites();
        });
    ResolverService resolver =
        new ResolverService(
            context,
            its,
            process.follower(),
            KuboNodes::open,
            pulls,
            hub.map(HubParts::hub),
            process.vertx());
    IpfsNode own = KuboNodes.open(its.kubo());
    process.watchNodes("resolver's node", () -> List.of(own));
    resolver.parts().forEach(process::add);
    process.watch("resolver", resolver::trouble);
  }

  /** What commands ask, on the listener of health. */
  void queries(FollowedSettings followed, @Nullable Deliveries deliveries) {
    process.listen(
        QueryRoutes.of(
            followed::now, followed::staleness, process::caughtUp, deliveries, knownSites()));
  }
}
