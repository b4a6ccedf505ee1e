package dev.longshore.app.ops;

import dev.longshore.app.query.lag.KnownSites;
import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.testing.Samples;
import dev.longshore.events.AbsenceReason;
import dev.longshore.events.ImageState;
import dev.longshore.events.ServedState;
import dev.longshore.events.SiteCredentialsState;
import dev.longshore.events.SiteState;
import dev.longshore.events.SiteState.Absence;
import dev.longshore.events.SiteState.Amount;
import dev.longshore.events.SiteState.Count;
import dev.longshore.events.Topic;
import dev.longshore.model.SiteName;
import dev.longshore.model.Tag;
import dev.longshore.resolver.hub.SiteLags;
import dev.longshore.resolver.hub.ToldCursor;
import dev.longshore.resolver.hub.settings.SiteGroupSettings;
import dev.longshore.resolver.hub.settings.SiteLineSettings;
import dev.longshore.resolver.hub.settings.SiteRuleSettings;
import dev.longshore.rules.TagSettings;
import dev.longshore.settings.value.ByteSize;
import dev.longshore.sites.Keep;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.metrics.Meter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A page beside a hub with two groups: {@code shops} keeps everything, {@code offices} mail. */
public final class HubBed implements AutoCloseable {
  public static final String APP = "shop/app";

  private static final Duration LOOKS = Duration.ofMillis(50);

  private final Clock clock;
  private final Instant joined;
  private final List<SiteCredentialsState> sites = new CopyOnWriteArrayList<>();
  private final List<SiteState> reports = new CopyOnWriteArrayList<>();
  private final Meter meter;
  private Duration ahead = Duration.ZERO;
  private SiteLags lags;
  final PageBed page;

  public HubBed(Path folder, Clock clock) throws Exception {
    this(folder, clock, OpenTelemetry.noop().getMeter("test"));
  }

  /**
   * @param meter receives what the hub tells of its sites
   */
  public HubBed(Path folder, Clock clock, Meter meter) throws Exception {
    this.clock = clock;
    this.meter = meter;
    this.joined = clock.instant().minus(Duration.ofDays(1));
    this.page = new PageBed(folder, PageBed.OPEN, "", clock, 0, this::source, LOOKS);
    page.catalog().writer().topicIds(Map.of(Topic.SERVED, "topic-1"));
  }

  private KnownSites.Source source(Catalog catalog) {
    List<SiteGroupSettings> groups = List.of(group("shops", "**"), group("offices", "**/mail"));
    lags = new SiteLags(catalog, () -> groups, clock);
    lags.measure("hub-1", meter, () -> Optional.of(new SiteLags.Known(sites, reports)));
    return () -> Optional.of(new KnownSites(sites, reports, lags));
  }

  /** Where the line of {@code offices} has a limit and two windows. */
  private static SiteLineSettings line(String group) {
    return group.equals("offices")
        ? new SiteLineSettings(
            new ByteSize(2_000_000),
            List.of("22:00-06:00", "12:30-13:00"),
            "Europe/Berlin",
            false,
            70)
        : new SiteLineSettings(null, List.of(), "UTC", false, 80);
  }

  private static SiteGroupSettings group(String name, String repositories) {
    return new SiteGroupSettings(
        name,
        List.of(
            new SiteRuleSettings(
                List.of(repositories), TagSettings.ALL, null, List.of(), Keep.EVERY_NODE, 0, null)),
        line(name),
        Duration.ofMinutes(30),
        false);
  }

  /** A tag shows an image from now on. */
  public static ServedState shown(String repository, int number, Instant at) {
    return shown(repository, number, at, at);
  }

  /** Of whose push nobody told: a poll found it. */
  static ServedState found(String repository, int number, Instant at) {
    return shown(repository, number, at, null);
  }

  private static ServedState shown(
      String repository, int number, Instant at, @Nullable Instant pushedAt) {
    ImageState image = Samples.image(number);
    return new ServedState(
        Samples.name(repository),
        new Tag("v" + number),
        image.digest(),
        null,
        List.of(
            new ServedState.Result(
                image.mode(),
                image.digest(),
                image.servedDigest(),
                image.imageDag(),
                image.root(),
                image.bytes(),
                pushedAt,
                at,
                null,
                at)),
        image.imageDag(),
        null,
        at);
  }

  /** The name of an image that {@link #shown} shows. */
  public static String name(String repository, int number) {
    return Samples.REGISTRY + "/" + repository + ":v" + number;
  }

  public void site(String name, String group) {
    sites.add(
        new SiteCredentialsState(new SiteName(name), group, List.of(), null, clock.instant()));
  }

  /** The site was told all, and has it. */
  public void hasAll(String site, String group) {
    report(site, group, new Amount(0, 0), List.of(), List.of());
  }

  /** The site was told all, and lacks one image. */
  public void lacks(String site, String group, String name, AbsenceReason reason, Instant nextTry) {
    report(
        site,
        group,
        new Amount(1, 1_000_000),
        List.of(new Count(reason, 1, 1_000_000)),
        List.of(new Absence(name, reason, null, nextTry)));
  }

  /** The clocks of sites that report from now on are ahead of the hub's. */
  public void clocksAhead(Duration time) {
    ahead = time;
  }

  private void report(
      String site, String group, Amount behind, List<Count> counts, List<Absence> absences) {
    Instant now = clock.instant();
    reports.add(
        new SiteState(
            new SiteName(site),
            "main",
            "hub-1",
            joined,
            reports.size() + 1,
            "0.2.0",
            ToldCursor.of(page.catalog(), lags, group, now),
            now.plus(ahead),
            now,
            new Amount(5, 5_000_000),
            behind,
            behind.images() == 0 ? null : now,
            5_000,
            1_000,
            2_000,
            counts,
            absences,
            100_000L,
            null));
  }

  /** The page. */
  public PageBed page() {
    return page;
  }

  /** As a hub does when it has read what sites reported. */
  void read() {
    lags.reported(new SiteLags.Known(sites, reports));
  }

  @Override
  public void close() throws Exception {
    page.close();
    lags.close();
  }
}
