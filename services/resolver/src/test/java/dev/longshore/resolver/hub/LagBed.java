package dev.longshore.resolver.hub;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.testing.InMemoryCatalogSource;
import dev.longshore.catalog.testing.RecordLog;
import dev.longshore.events.AbsenceReason;
import dev.longshore.events.ImageState;
import dev.longshore.events.ServedState;
import dev.longshore.events.SiteCredentialsState;
import dev.longshore.events.SiteCredentialsState.Credential;
import dev.longshore.events.SiteState;
import dev.longshore.events.SiteState.Absence;
import dev.longshore.events.SiteState.Amount;
import dev.longshore.events.SiteState.Count;
import dev.longshore.events.State;
import dev.longshore.events.Topic;
import dev.longshore.model.Digest;
import dev.longshore.model.SiteName;
import dev.longshore.resolver.hub.settings.SiteGroupSettings;
import dev.longshore.resolver.testing.States;
import dev.longshore.testing.ManualClock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Names, sites and their reports in memory, and a clock that a test moves. */
final class LagBed implements AutoCloseable {
  static final String APP = "registry.test/shop/app";

  final ManualClock clock = new ManualClock(States.AT);
  final Catalog catalog = Catalog.inMemory(clock);
  final List<SiteCredentialsState> sites = new ArrayList<>();
  final List<SiteState> reports = new ArrayList<>();
  volatile List<SiteGroupSettings> groups;
  final SiteLags lags;
  private final RecordLog log = new RecordLog(States.AT);
  private final InMemoryCatalogSource source = new InMemoryCatalogSource(log, catalog, clock);
  private long sequence;

  LagBed(SiteGroupSettings... groups) {
    this.groups = List.of(groups);
    this.lags = new SiteLags(catalog, () -> this.groups, clock);
    catalog.writer().topicIds(Map.of(Topic.SERVED, "topic-1"));
    source.start();
  }

  void pass(Duration time) {
    clock.advance(time);
  }

  Instant now() {
    return clock.instant();
  }

  void put(State... states) {
    for (State state : states) {
      log.put(state);
    }
    source.follow();
  }

  /** A tag shows an image of its own, which somebody pushed now. */
  ServedState show(String repository, String tag, long number) {
    ImageState image = RunningHub.image(repository, number, "plain");
    ServedState served = RunningHub.served(repository, tag, now(), image);
    put(image, served);
    return served;
  }

  /** The same, but nobody told of it. */
  ServedState found(String repository, String tag, long number) {
    ServedState served =
        RunningHub.served(repository, tag, now(), RunningHub.image(repository, number, "plain"));
    ServedState.Result r = served.results().getFirst();
    ServedState found =
        new ServedState(
            served.name(),
            served.tag(),
            served.digest(),
            null,
            List.of(
                new ServedState.Result(
                    r.mode(),
                    r.source(),
                    r.digest(),
                    r.imageDag(),
                    r.root(),
                    r.bytes(),
                    null,
                    now(),
                    null,
                    now())),
            served.selected(),
            null,
            now());
    put(found);
    return found;
  }

  void site(String name, String group) {
    sites.add(
        new SiteCredentialsState(
            new SiteName(name),
            group,
            List.of(
                new Credential(
                    Digest.of(name.getBytes(StandardCharsets.UTF_8)),
                    false,
                    States.AT,
                    States.AT.plus(Duration.ofDays(30)),
                    "main",
                    States.AT)),
            null,
            States.AT));
  }

  void revoke(String name) {
    sites.replaceAll(
        site ->
            site.site().text().equals(name)
                ? new SiteCredentialsState(
                    site.site(), site.group(), site.credentials(), now(), States.AT)
                : site);
  }

  /** A cursor of all that is known now. */
  String cursor(String group) {
    SiteGroup its = lags.groups().named(group).orElseThrow();
    var place = catalog.served().place().orElseThrow();
    return new Cursor(place.topic(), place.offsets(), its.rules().hash(), now(), null).text();
  }

  /** What a report says besides who, when and how far. */
  record Said(
      Amount present,
      Amount behind,
      @Nullable Instant since,
      List<Count> counts,
      List<Absence> exceptions,
      @Nullable Long rate) {
    static final Said ALL_THERE =
        new Said(new Amount(1, 1_001), new Amount(0, 0), null, List.of(), List.of(), null);

    /** Images that it lacks, all for one reason, and does not name. */
    static Said lacks(AbsenceReason reason, long images, long bytes, Instant since) {
      return new Said(
          new Amount(0, 0),
          new Amount(images, bytes),
          since,
          List.of(new Count(reason, images, bytes)),
          List.of(),
          null);
    }

    Said naming(Absence... absences) {
      return new Said(present, behind, since, counts, List.of(absences), rate);
    }

    Said at(long bytesPerSecond) {
      return new Said(present, behind, since, counts, exceptions, bytesPerSecond);
    }
  }

  SiteState report(String site, String cursor, Said said) {
    return report(site, "hub-1", cursor, said);
  }

  /** The last report of the site's node, received now. */
  SiteState report(String site, String hub, String cursor, Said said) {
    sequence++;
    SiteState report =
        new SiteState(
            new SiteName(site),
            "main",
            hub,
            States.AT,
            sequence,
            "0.2.0",
            cursor,
            now(),
            now(),
            said.present(),
            said.behind(),
            said.since(),
            5_000,
            1_000,
            2_000,
            said.counts(),
            said.exceptions(),
            said.rate(),
            null);
    reports.removeIf(old -> old.key().equals(report.key()));
    reports.add(report);
    return report;
  }

  List<SiteLag> lag() {
    return lags.of(sites, reports);
  }

  SiteLag lag(String site) {
    return lag().stream().filter(one -> one.site().text().equals(site)).findFirst().orElseThrow();
  }

  @Override
  public void close() {
    lags.close();
    catalog.close();
  }
}
