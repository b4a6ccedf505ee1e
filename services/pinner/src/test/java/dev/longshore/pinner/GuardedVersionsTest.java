package dev.longshore.pinner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.Decision.Drain;
import dev.longshore.events.DecisionState;
import dev.longshore.events.Evidence;
import dev.longshore.events.PinPhase;
import dev.longshore.model.Cid;
import dev.longshore.model.Mode;
import dev.longshore.model.PeerName;
import dev.longshore.model.RepositoryName;
import dev.longshore.rules.ReleaseSettings;
import dev.longshore.rules.RuleSettings;
import dev.longshore.runtime.service.metrics.MetricsPage;
import dev.longshore.runtime.testing.Eventually;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** So many versions would go at once that an operator has to confirm. */
@Timeout(60)
class GuardedVersionsTest extends RetentionFixture {
  @Test
  void veryManyAtOnceWaitForAnOperator() throws Exception {
    KeptBed bed = bed(NOTHING);
    List<Cid> many = many(bed, 20);
    settle(bed);
    many.forEach(dag -> await(bed, dag, PinPhase.SURPLUS));
    pass(bed, Retention.GRACE.plusHours(3));
    bed.restart("a", "b", "c");
    pass(bed, Retention.GRACE.plusHours(3));
    assertThat(many).allMatch(dag -> phase(bed, dag) == PinPhase.SURPLUS);

    String guard = "release-%08x".formatted(APP.toString().hashCode());
    confirm(bed, "a", guard, 19);
    pass(bed, Duration.ofMinutes(2));
    assertThat(many)
        .as("fewer were confirmed")
        .allMatch(dag -> phase(bed, dag) == PinPhase.SURPLUS);

    confirm(bed, "b", guard, 20);
    many.forEach(dag -> await(bed, dag, PinPhase.GONE));
  }

  @Test
  void howManyWaitForAnOperatorIsToldUntilTheyMayGo() throws Exception {
    KeptBed bed = bed(NOTHING);
    MetricsPage page = new MetricsPage();
    bed.telemetry =
        OpenTelemetrySdk.builder()
            .setMeterProvider(SdkMeterProvider.builder().registerMetricReader(page).build())
            .build();
    bed.restart("a", "b", "c");
    List<Cid> many = many(bed, 20);
    settle(bed);
    many.forEach(dag -> await(bed, dag, PinPhase.SURPLUS));
    pass(bed, Retention.GRACE.plusHours(3));
    assertThat(page.render())
        .contains("longshore_guard_held{guard=\"releases\"} 20\n")
        .containsPattern("longshore_guard_age_seconds\\{guard=\"releases\"} 1[0-9]{4}");

    confirm(bed, "a", "release-%08x".formatted(APP.toString().hashCode()), 20);
    many.forEach(dag -> await(bed, dag, PinPhase.GONE));
    assertThat(page.render())
        .contains("longshore_guard_held{guard=\"releases\"} 0\n")
        .contains("longshore_guard_age_seconds{guard=\"releases\"} 0\n");
  }

  @Test
  void whatAGuardHoldsIsRepairedLikeAllThatIsKept() throws Exception {
    KeptBed bed = bed(List.of(rule("**", NOTHING, ReleaseSettings.GUARDED)), "a", "b", "c", "d");
    List<Cid> many = many(bed, 20);
    settle(bed);
    many.forEach(dag -> await(bed, dag, PinPhase.SURPLUS));
    pass(bed, Retention.GRACE.plusHours(3));

    bed.node("b").trouble().goDown();
    pass(bed, KeptBed.LOST_AFTER.plusMinutes(1));
    for (Cid dag : many) {
      Eventually.inRounds(
          "three copies of " + dag,
          () -> {
            rounds(bed, Duration.ZERO, true);
            return Set.copyOf(bed.verified(dag)).equals(Set.of("a", "c", "d"));
          });
      assertThat(phase(bed, dag)).isEqualTo(PinPhase.SURPLUS);
      assertThat(bed.pin(dag).wanted()).isEqualTo(3);
    }
  }

  @Test
  void whatAGuardHoldsLeavesAPeerThatDrains() throws Exception {
    KeptBed bed = bed(List.of(rule("**", NOTHING, ReleaseSettings.GUARDED)), "a", "b", "c", "d");
    List<Cid> many = many(bed, 20);
    settle(bed);
    await(bed, many.getLast(), PinPhase.SURPLUS);
    bed.write(
        DecisionState.of(
            "drain",
            new Drain(new PeerName("a"), null),
            "ann",
            "new disks",
            bed.clock.instant(),
            null));

    Eventually.inRounds(
        "nothing is left there",
        () -> {
          rounds(bed, Duration.ofMinutes(20), true);
          return bed.node("a").pinned().isEmpty();
        });
    assertThat(many)
        .allMatch(dag -> phase(bed, dag) == PinPhase.SURPLUS)
        .allSatisfy(dag -> bed.awaitCopies(dag, "b", "c", "d"));
  }

  @Test
  void aFewOfEachOfManyRepositoriesWaitTooAndGoOnceTheyAreFewer() throws Exception {
    KeptBed bed = bed(NOTHING);
    List<String> contents = IntStream.range(0, 20).mapToObj(n -> "version " + n).toList();
    bed.knowsImages = false;
    List<Cid> dags = bed.images(contents, 3);
    for (int n = 0; n < 20; n++) {
      RepositoryName name = n < 10 ? APP : OTHER;
      point(bed, name, "1", contents.get(n));
      bed.write(
          PinBed.image(dags.get(n), 9, digest(contents.get(n)).toString(), bed.clock.instant())
              .alsoFor(name, bed.clock.instant())
              .shownBy(Evidence.READ));
    }
    bed.knowsImages = true;
    Cid last = pushed(bed, "1", "the last");
    point(bed, OTHER, "1", "the last");
    settle(bed);
    dags.forEach(dag -> await(bed, dag, PinPhase.SURPLUS));
    pass(bed, Retention.GRACE.plusHours(3));
    assertThat(dags).allMatch(dag -> phase(bed, dag) == PinPhase.SURPLUS);

    point(bed, OTHER, "2", "version 19");
    // The other repository lets nineteen go.
    await(bed, dags.getLast(), PinPhase.KEPT);
    dags.subList(0, 19).forEach(dag -> await(bed, dag, PinPhase.GONE));
    assertThat(phase(bed, last)).isEqualTo(PinPhase.KEPT);
  }

  @Test
  void aRuleMayGoUnattended() throws Exception {
    KeptBed bed = bed(List.of(rule("**", NOTHING, ReleaseSettings.UNATTENDED)));
    List<Cid> many = many(bed, 20);
    settle(bed);
    many.forEach(dag -> await(bed, dag, PinPhase.SURPLUS));
    pass(bed, Retention.GRACE.plusMinutes(1));
    many.forEach(dag -> await(bed, dag, PinPhase.GONE));
  }

  @Test
  void fewGoWithoutBeingAsked() throws Exception {
    KeptBed bed = bed(NOTHING);
    List<Cid> many = many(bed, 19);
    settle(bed);
    many.forEach(dag -> await(bed, dag, PinPhase.SURPLUS));
    pass(bed, Retention.GRACE.plusMinutes(1));
    many.forEach(dag -> await(bed, dag, PinPhase.GONE));
  }

  @Test
  void whatAGuardHoldsGetsTheCopiesThatItsRuleWantsNow() throws Exception {
    KeptBed bed = bed(List.of(rule("**", NOTHING, ReleaseSettings.GUARDED)), "a", "b", "c", "d");
    List<Cid> many = many(bed, 20);
    settle(bed);
    await(bed, many.getLast(), PinPhase.SURPLUS);

    bed.configure(
        List.of(
            new RuleSettings("**", List.of(Mode.PLAIN), List.of(), 4, 1, null)
                .keeping(NOTHING, ReleaseSettings.GUARDED)));
    Eventually.inRounds(
        "four copies",
        () -> {
          rounds(bed, Duration.ofMinutes(1), true);
          return many.stream().allMatch(dag -> bed.verified(dag).size() == 4);
        });
    assertThat(many).allMatch(dag -> phase(bed, dag) == PinPhase.SURPLUS);
  }
}
