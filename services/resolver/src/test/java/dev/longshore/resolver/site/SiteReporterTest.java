package dev.longshore.resolver.site;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.model.Digest;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import dev.longshore.resolver.site.KeepLoop.Obstacle;
import dev.longshore.sites.Group;
import dev.longshore.sites.Report;
import dev.longshore.testing.ManualClock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SiteReporterTest {
  private static final Digest PULLED = Digest.of("an image".getBytes(StandardCharsets.UTF_8));

  @TempDir Path folder;
  private final AtomicLong nanos = new AtomicLong();
  private final MissedNames missed =
      new MissedNames(
          () ->
              new Group("a", null, List.of(), "UTC", false, null, null, List.of("registry.test/*")),
          _ -> false,
          new ManualClock(HubTwin.AT));
  private SiteStore store;
  private SiteReporter reports;

  @BeforeEach
  void open() throws Exception {
    store = SiteStore.open(folder.resolve("site.db"));
    store.joined(HubTwin.AT);
    reports =
        new SiteReporter(
            store,
            new SiteClock(HubTwin.AT, HubTwin.AT, new ManualClock(HubTwin.AT), nanos::get),
            () -> new Disk.Space(90L << 30, 100L << 30),
            () -> Obstacle.NONE,
            missed,
            "main",
            "test");
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void whatTheRequestThatWaitsHasToldIsNoNews() {
    Report told = reports.due().orElseThrow();

    assertThat(reports.isNews(told)).isFalse();
    assertThat(reports.isNews(null)).as("of one that never came").isTrue();

    reports.arrived(told);
    assertThat(reports.isNews(null)).isFalse();
  }

  @Test
  void whatChangesWhileItWaitsIsNewsOnce() {
    reports.arrived(reports.due().orElseThrow());
    reports.pulled(PULLED);
    assertThat(reports.isNews(null)).isTrue();

    Report told = reports.due().orElseThrow();
    assertThat(told.pulled()).containsExactly(PULLED);
    assertThat(reports.isNews(told)).isFalse();

    reports.problem("the hub's answers do not count");
    assertThat(reports.isNews(told)).isTrue();
  }

  @Test
  void aMissedNameIsNewsUntilTheHubHasIt() {
    reports.arrived(reports.due().orElseThrow());
    missed.add(RepositoryName.canonical("registry.test/app"), new Tag("2.0"));
    assertThat(reports.isNews(null)).isTrue();

    Report told = reports.due().orElseThrow();
    assertThat(told.missed()).containsExactly("registry.test/app:2.0");
    assertThat(reports.isNews(told)).isFalse();
    assertThat(reports.due()).as("as long as nobody answers").isPresent();

    reports.arrived(told);
    assertThat(reports.isNews(null)).isFalse();
    assertThat(reports.due()).isEmpty();
  }

  @Test
  void anHourLaterItIsNewsAgain() {
    Report told = reports.due().orElseThrow();
    nanos.addAndGet(Duration.ofHours(1).toNanos());

    assertThat(reports.isNews(told)).isTrue();
  }
}
