package dev.longshore.resolver.hub;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.ServedPlace;
import dev.longshore.events.SiteCredentialsState;
import dev.longshore.events.SiteCredentialsState.Credential;
import dev.longshore.events.SiteState;
import dev.longshore.model.Digest;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.SiteName;
import dev.longshore.model.Tag;
import dev.longshore.resolver.hub.SiteLag.Node;
import dev.longshore.resolver.hub.SiteLag.State;
import dev.longshore.resolver.hub.settings.SiteGroupSettings;
import dev.longshore.runtime.service.metrics.LagHistogram;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.context.Context;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** How far sites are behind, by their last reports and what names show now. */
public final class SiteLags implements AutoCloseable {
  /** Of two reports of a node, the one of the later join counts; of one join, the later one. */
  private static final Comparator<SiteState> LATER =
      Comparator.comparing(SiteState::joinedAt).thenComparingLong(SiteState::sequence);

  private static final AttributeKey<String> STAGE = AttributeKey.stringKey("stage");
  private static final AttributeKey<String> GROUP = AttributeKey.stringKey("group");
  private static final AttributeKey<String> MODE = AttributeKey.stringKey("mode");

  private static final Comparator<Node> WORST =
      Comparator.comparing(Node::state)
          .thenComparing(SiteLags::since, Comparator.naturalOrder())
          .thenComparing(node -> node.lacking().images(), Comparator.reverseOrder())
          .thenComparing(Node::node);

  private final Catalog catalog;
  private final SiteGroups groups;
  private final NamedImages named;
  private final InstantSource clock;
  private @Nullable SiteArrivals arrivals;

  /**
   * @param groups supplies the current groups
   */
  public SiteLags(Catalog catalog, Supplier<List<SiteGroupSettings>> groups, InstantSource clock) {
    this.catalog = catalog;
    this.groups = new SiteGroups(groups);
    this.named = new NamedImages(catalog, this.groups);
    this.clock = clock;
  }

  /**
   * Exports metrics: how far each site is behind, and how long images take to arrive at sites.
   *
   * @param hub name of this hub, as in its reports
   * @param known all sites and reports; empty while unknown
   */
  public void measure(String hub, Meter meter, Supplier<Optional<Known>> known) {
    LagHistogram lag =
        new LagHistogram(
            meter.histogramBuilder("longshore.site.lag"),
            "Time from a push until the image is at a site, or first pulled there",
            meter.gaugeBuilder("longshore.site.lag_skew"),
            clock);
    SiteArrivals its =
        new SiteArrivals(
            hub,
            named,
            groups::named,
            (stage, group, mode, since) ->
                lag.record(
                    since,
                    Attributes.of(
                        STAGE,
                        stage.name().toLowerCase(Locale.ROOT),
                        GROUP,
                        group,
                        MODE,
                        mode.text()),
                    Context.current()),
            clock.instant());
    synchronized (this) {
      arrivals = its;
    }
    SiteLagMeter.register(
        meter,
        groups,
        () -> {
          its.settle(clock.instant());
          // While names are missing, no site counts as up to date.
          return catalog.isWhole()
              ? known.get().map(all -> of(all.sites(), all.reports())).orElse(List.of())
              : List.of();
        },
        clock);
  }

  /** What is known of sites. */
  public record Known(List<SiteCredentialsState> sites, List<SiteState> reports) {
    public Known {
      sites = List.copyOf(sites);
      reports = List.copyOf(reports);
    }
  }

  private synchronized Optional<SiteArrivals> arrivals() {
    return Optional.ofNullable(arrivals);
  }

  /** The last reports have changed. */
  public void reported(Known known) {
    Map<SiteName, String> groupOf =
        known.sites().stream()
            .filter(site -> site.revokedAt() == null)
            .collect(
                Collectors.toMap(
                    SiteCredentialsState::site, SiteCredentialsState::group, (one, _) -> one));
    named.read();
    arrivals()
        .ifPresent(
            its ->
                its.reported(
                    known.reports(),
                    site -> Optional.ofNullable(groupOf.get(site)),
                    named.topic().orElse(null),
                    clock.instant()));
  }

  /** Applies a site's report of pulled source digests. */
  void pulled(SiteName site, List<Digest> digests) {
    arrivals().ifPresent(its -> its.pulled(site, digests, clock.instant()));
  }

  NamedImages named() {
    return named;
  }

  SiteGroups groups() {
    return groups;
  }

  /**
   * The lag of each site, the worst first.
   *
   * @param sites all sites
   * @param reports the last report of each node to each hub
   */
  public List<SiteLag> of(Collection<SiteCredentialsState> sites, Collection<SiteState> reports) {
    Map<SiteName, List<SiteState>> bySite = last(reports);
    Instant now = clock.instant();
    ServedPlace place = catalog.served().place().orElse(null);
    return sites.stream()
        .map(site -> of(site, bySite.getOrDefault(site.site(), List.of()), place, now))
        .sorted(
            Comparator.comparing(SiteLag::state)
                .thenComparing(lag -> lag.worst().map(SiteLags::since).orElse(Instant.MAX))
                .thenComparing(lag -> lag.site().text()))
        .toList();
  }

  /** The last report of each node. */
  static Map<SiteName, List<SiteState>> last(Collection<SiteState> reports) {
    record Of(SiteName site, String node) {}
    Map<Of, SiteState> last = new HashMap<>();
    for (SiteState report : reports) {
      last.merge(
          new Of(report.site(), report.node()),
          report,
          (one, two) -> LATER.compare(one, two) < 0 ? two : one);
    }
    return last.values().stream().collect(Collectors.groupingBy(SiteState::site));
  }

  /** The push of the oldest lagging image; unknown ones come last. */
  private static Instant since(Node node) {
    return node.oldest() == null ? Instant.MAX : node.oldest().since();
  }

  private SiteLag of(
      SiteCredentialsState site,
      List<SiteState> reports,
      @Nullable ServedPlace place,
      Instant now) {
    Optional<SiteGroup> group = groups.named(site.group());
    List<Node> nodes =
        standing(site, reports, now).stream()
            .map(report -> node(report, group, place, now))
            .sorted(WORST)
            .toList();
    return new SiteLag(
        site.site(),
        site.group(),
        state(site, group.isPresent(), nodes),
        site.revokedAt(),
        joinedAt(site),
        group
            .filter(its -> nodes.stream().anyMatch(node -> node.state() == State.WINDOW))
            .flatMap(its -> OpenHours.next(its.line(), now))
            .orElse(null),
        nodes);
  }

  /** Reports of nodes that are still admitted; of all nodes if none is. */
  private static List<SiteState> standing(
      SiteCredentialsState site, List<SiteState> reports, Instant now) {
    Set<String> nodes =
        site.credentials().stream()
            .filter(credential -> now.isBefore(credential.expiresAt()))
            .map(Credential::node)
            .filter(Objects::nonNull)
            .collect(Collectors.toSet());
    List<SiteState> some =
        reports.stream().filter(report -> nodes.contains(report.node())).toList();
    return some.isEmpty() ? reports : some;
  }

  private static State state(SiteCredentialsState site, boolean hasGroup, List<Node> nodes) {
    if (site.revokedAt() != null) {
      return State.REVOKED;
    }
    if (!hasGroup) {
      return State.NO_GROUP;
    }
    return nodes.isEmpty() ? State.NO_REPORT : nodes.getFirst().state();
  }

  private static @Nullable Instant joinedAt(SiteCredentialsState site) {
    return site.credentials().stream()
        .map(Credential::joinedAt)
        .filter(Objects::nonNull)
        .max(Comparator.naturalOrder())
        .orElse(null);
  }

  private Node node(
      SiteState report, Optional<SiteGroup> group, @Nullable ServedPlace place, Instant now) {
    return new ReportedNode(report, group, named, place, this::key).at(now);
  }

  /**
   * The progress of a name's image at a site.
   *
   * @param lag of that site, from {@link #of}
   * @param site the site's credentials
   * @param reports the last report of each node to each hub
   */
  public SiteLag.Image image(
      SiteLag lag,
      SiteCredentialsState site,
      Collection<SiteState> reports,
      RepositoryName name,
      @Nullable Tag tag) {
    List<SiteState> its =
        standing(site, last(reports).getOrDefault(site.site(), List.of()), clock.instant());
    Optional<SiteArrivals> noticed = arrivals();
    ImageAtSite image =
        new ImageAtSite(
            catalog,
            groups.named(site.group()),
            named,
            one -> noticed.map(all -> all.times(site.site(), one)).orElse(SiteLag.Times.NONE));
    return image.of(lag, its, name, tag);
  }

  /** Current settings of a group; empty if there are none of that name. */
  public Optional<SiteGroupSettings> group(String name) {
    return groups.settings(name);
  }

  /** The name that shows it; empty if it now shows something else. */
  Optional<String> key(NamedImage image) {
    return catalog.served().since(image.partition(), image.offset(), 1).stream()
        .filter(placed -> placed.offset() == image.offset())
        .map(placed -> placed.state().key())
        .findFirst();
  }

  @Override
  public void close() {
    named.close();
  }
}
