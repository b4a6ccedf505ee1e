package dev.longshore.app;

import dev.longshore.app.query.find.QueryException;
import dev.longshore.app.query.lag.KnownSites;
import dev.longshore.events.SiteCredentialsState;
import dev.longshore.events.SiteState;
import dev.longshore.events.State;
import dev.longshore.events.Topic;
import dev.longshore.resolver.hub.SiteLags;
import dev.longshore.resolver.hub.settings.SiteGroupSettings;
import dev.longshore.runtime.config.ServiceContext;
import dev.longshore.runtime.kafka.follow.StateFollower;
import dev.longshore.runtime.kafka.link.KafkaSettings;
import dev.longshore.runtime.service.lifecycle.Part;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Who the sites are and what they reported to any hub, as it comes. */
final class FollowedSites {
  private final StateFollower sites;
  private final StateFollower reports;
  private final AtomicReference<@Nullable List<SiteCredentialsState>> lastSites =
      new AtomicReference<>();
  private final AtomicReference<@Nullable List<SiteState>> lastReports = new AtomicReference<>();
  private final SiteLags lags;
  private final List<Runnable> onChange = new CopyOnWriteArrayList<>();

  /**
   * Wires it, without starting it.
   *
   * @param groups those that count now
   * @param onSites told all sites, whenever one changed
   */
  FollowedSites(
      ServiceContext context,
      Supplier<List<SiteGroupSettings>> groups,
      Consumer<List<SiteCredentialsState>> onSites) {
    this.sites =
        follower(
            context,
            Topic.SITECREDENTIALS,
            states -> {
              List<SiteCredentialsState> all = of(SiteCredentialsState.class, states);
              onSites.accept(all);
              lastSites.set(all);
              changed();
            });
    this.reports =
        follower(
            context,
            Topic.SITES,
            states -> {
              lastReports.set(of(SiteState.class, states));
              changed();
            });
    this.lags = new SiteLags(context.catalog(), groups, context.clock());
  }

  private static StateFollower follower(
      ServiceContext context, Topic topic, Consumer<Map<String, State>> reader) {
    KafkaSettings kafka = context.shared().kafka();
    return new StateFollower(
        KafkaConnection.of(kafka), kafka.topicPrefix(), topic, reader::accept, context.clock());
  }

  private static <S extends State> List<S> of(Class<S> type, Map<String, State> states) {
    return states.values().stream().filter(type::isInstance).map(type::cast).toList();
  }

  private void changed() {
    lastKnown().ifPresent(lags::reported);
    onChange.forEach(Runnable::run);
  }

  /** Has it told whenever a site or a report changed. */
  void onChange(Runnable told) {
    onChange.add(told);
  }

  /** How far they are behind. */
  SiteLags lags() {
    return lags;
  }

  /** Reads without having anybody wait for it. */
  Part part() {
    return new Running(
        "sites",
        () -> {
          sites.start();
          reports.start();
        },
        _ -> {
          sites.close();
          reports.close();
          lags.close();
        });
  }

  /** Empty while it is still to be read. */
  Optional<SiteLags.Known> lastKnown() {
    List<SiteCredentialsState> known = lastSites.get();
    List<SiteState> last = lastReports.get();
    return known == null || last == null
        ? Optional.empty()
        : Optional.of(new SiteLags.Known(known, last));
  }

  /** What is known; fails while it is still to be read, or no more is. */
  Optional<KnownSites> known() throws QueryException {
    Optional<String> ended = ended();
    if (ended.isPresent()) {
      throw new QueryException(ended.get());
    }
    Optional<SiteLags.Known> known = lastKnown();
    if (known.isEmpty()) {
      throw new QueryException(
          "what sites reported is not read yet: "
              + sites.problem().or(reports::problem).orElse("try again"));
    }
    return known.map(its -> new KnownSites(its.sites(), its.reports(), lags));
  }

  /** How old is what is known of who the sites are; empty before it was read. */
  Optional<Duration> age() {
    return sites.age();
  }

  /** When both sites and their reports were last known to be read; empty before. */
  Optional<Instant> readAt(Instant now) {
    return sites
        .age()
        .flatMap(
            one -> reports.age().map(other -> now.minus(one.compareTo(other) < 0 ? other : one)));
  }

  private Optional<String> ended() {
    return sites.ended().or(reports::ended);
  }

  /** Sites that were read are known, however long Kafka is away. */
  Optional<String> trouble() {
    return age().isPresent() ? ended() : sites.problem();
  }
}
