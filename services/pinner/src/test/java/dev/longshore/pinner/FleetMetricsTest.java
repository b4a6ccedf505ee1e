package dev.longshore.pinner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.runtime.service.metrics.MetricsPage;
import dev.longshore.runtime.testing.MetricConventions;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What pinners tell of images and peers. */
@Timeout(60)
class FleetMetricsTest {
  private static final Duration LONG = KeptBed.LOST_AFTER.plusMinutes(5);
  private final List<MetricsPage> pages = new ArrayList<>();

  @Test
  void eachPinnerTellsOfItsPartitionsSoThatSumsAreRight() throws Exception {
    try (KeptBed bed = bed("a", "b", "c")) {
      bed.images(IntStream.range(0, 12).mapToObj(n -> "image " + n).toList(), 2);
      bed.rounds(Duration.ofMinutes(1));
      String images = "longshore_pinner_images";
      assertThat(values(images)).containsExactly(12.0);
      assertThat(sum("longshore_peer_copies{", "state=\"verified\"")).isEqualTo(24);

      bed.telemetry = telemetry();
      bed.addPinner();
      bed.rounds(Duration.ofMinutes(1));

      assertThat(values(images)).hasSize(2).doesNotContain(12.0, 0.0);
      assertThat(sum(images + " ")).isEqualTo(12);
      assertThat(sum("longshore_peer_copies{", "state=\"verified\"")).isEqualTo(24);
      assertThat(sum("longshore_peer_copies_size_bytes{", "state=\"verified\"")).isPositive();
      for (String peer : List.of("a", "b", "c")) {
        assertThat(lines("longshore_peer_state{peer=\"" + peer + "\",state=\"up\"}"))
            .as("one of them holds the key")
            .containsExactly(1.0);
      }
      assertThat(sum("longshore_peer_copies_made_total{", "cause=\"new\"")).isEqualTo(24);
    }
  }

  @Test
  void anImageAtItsLastCopyIsInDangerUntilItIsRepaired() throws Exception {
    try (KeptBed bed = bed("a", "b")) {
      bed.image("one", 2);
      bed.rounds(Duration.ofMinutes(1));
      assertThat(values("longshore_pinner_images_at_one_copy")).containsExactly(0.0);
      assertThat(sum("longshore_pinner_danger_age_seconds{")).isZero();

      bed.node("b").trouble().goDown();
      bed.rounds(LONG);
      assertThat(lines("longshore_peer_state{peer=\"b\",state=\"lost\"}")).containsExactly(1.0);
      assertThat(values("longshore_pinner_images_at_one_copy")).containsExactly(1.0);
      assertThat(values("longshore_pinner_images_below_wanted")).containsExactly(1.0);
      assertThat(values("longshore_pinner_images_below_min")).containsExactly(0.0);
      assertThat(values("longshore_pinner_images_lost")).containsExactly(0.0);
      bed.rounds(Duration.ofMinutes(10));
      assertThat(lines("longshore_pinner_danger_age_seconds{cause=\"repair\"}").getFirst())
          .isBetween(600.0, 1000.0);
      assertThat(values("longshore_pinner_short_age_seconds").getFirst()).isBetween(600.0, 1000.0);
      assertThat(lines("longshore_pinner_danger_age_seconds{cause=\"new\"}")).containsExactly(0.0);

      bed.node("b").trouble().clear();
      bed.rounds(Duration.ofMinutes(15));
      assertThat(values("longshore_pinner_images_at_one_copy")).containsExactly(0.0);
      assertThat(sum("longshore_pinner_danger_age_seconds{")).isZero();
    }
  }

  @Test
  void aGuardSaysHowManyCopiesItHoldsAndSinceWhen() throws Exception {
    try (KeptBed bed = bed("a", "b", "c", "d")) {
      bed.images(IntStream.range(0, 10).mapToObj(n -> "image " + n).toList(), 4);
      bed.rounds(Duration.ofMinutes(1));
      assertThat(sum("longshore_guard_held{")).isZero();
      assertThat(lines("longshore_guard_held{guard=\"lost\"}")).containsExactly(0.0);

      bed.node("c").trouble().goDown();
      bed.node("d").trouble().goDown();
      bed.rounds(LONG);

      assertThat(lines("longshore_guard_held{guard=\"lost\"}")).containsExactly(20.0);
      assertThat(lines("longshore_guard_age_seconds{guard=\"lost\"}").getFirst())
          .isGreaterThan((double) KeptBed.LOST_AFTER.toSeconds());
      assertThat(lines("longshore_guard_held{guard=\"moves\"}")).containsExactly(0.0);

      bed.node("c").trouble().clear();
      bed.node("d").trouble().clear();
      bed.rounds(LONG);
      assertThat(sum("longshore_guard_held{")).isZero();
      assertThat(sum("longshore_guard_age_seconds{")).isZero();
    }
  }

  @Test
  void copiesAreUnprovenWhenTheirReadingIsLate() throws Exception {
    try (KeptBed bed = bed("a")) {
      bed.scrubRate = 1_000;
      bed.restart("a");
      for (int i = 0; i < 4; i++) {
        bed.layered(1, "layer " + i);
      }
      bed.rounds(Duration.ofMinutes(10));
      assertThat(values("longshore_peer_unproven_copies")).containsExactly(0.0);
      assertThat(values("longshore_peer_proven_age_seconds").getFirst()).isLessThan(600);

      bed.clock.advance(Duration.ofHours(26));
      bed.round();
      assertThat(values("longshore_peer_unproven_copies")).containsExactly(4.0);
      assertThat(values("longshore_peer_proven_age_seconds").getFirst())
          .isGreaterThan((double) Duration.ofHours(26).toSeconds());

      bed.rounds(Duration.ofMinutes(20));
      assertThat(values("longshore_peer_unproven_copies")).containsExactly(0.0);
    }
  }

  @Test
  void thereIsASeriesForEachPeerAndStateAndNoneForAnImage() throws Exception {
    Set<String> few = series(10);
    assertThat(few).hasSizeGreaterThan(30);
    assertThat(series(200)).isEqualTo(few);
  }

  private Set<String> series(int images) throws Exception {
    pages.clear();
    try (KeptBed bed = bed("a", "b")) {
      bed.images(IntStream.range(0, images).mapToObj(n -> "image " + n).toList(), 2);
      bed.rounds(Duration.ofMinutes(1));
      assertThat(sum("longshore_peer_copies{", "state=\"verified\"")).isEqualTo(2 * images);
      assertThat(MetricConventions.faults(pages.getFirst().renderOpenMetrics())).isEmpty();
      return pages
          .getFirst()
          .render()
          .lines()
          .filter(line -> !line.startsWith("#"))
          .map(line -> line.substring(0, line.lastIndexOf(' ')))
          .collect(Collectors.toSet());
    }
  }

  private KeptBed bed(String... names) {
    KeptBed bed = new KeptBed(names);
    bed.telemetry = telemetry();
    bed.restart(names);
    return bed;
  }

  private OpenTelemetrySdk telemetry() {
    MetricsPage page = new MetricsPage();
    pages.add(page);
    return OpenTelemetrySdk.builder()
        .setMeterProvider(SdkMeterProvider.builder().registerMetricReader(page).build())
        .build();
  }

  /** Values of a metric, or of its series without labels, at all pinners. */
  private List<Double> values(String metric) {
    return pages.stream()
        .flatMap(page -> page.render().lines())
        .filter(line -> line.startsWith(metric + " ") || line.startsWith(metric + "{"))
        .map(FleetMetricsTest::value)
        .toList();
  }

  private List<Double> lines(String start) {
    return pages.stream()
        .flatMap(page -> page.render().lines())
        .filter(line -> line.startsWith(start))
        .map(FleetMetricsTest::value)
        .toList();
  }

  private double sum(String start, String... parts) {
    return pages.stream()
        .flatMap(page -> page.render().lines())
        .filter(line -> line.startsWith(start) && List.of(parts).stream().allMatch(line::contains))
        .mapToDouble(FleetMetricsTest::value)
        .sum();
  }

  private static double value(String line) {
    return Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
  }
}
