package dev.longshore.resolver.hub;

import static dev.longshore.resolver.hub.RunningHub.group;
import static dev.longshore.resolver.hub.RunningHub.image;
import static dev.longshore.resolver.hub.RunningHub.rule;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.AbsenceReason;
import dev.longshore.events.ImageState;
import dev.longshore.events.PullState;
import dev.longshore.events.SiteState;
import dev.longshore.events.SiteState.Absence;
import dev.longshore.events.SiteState.Amount;
import dev.longshore.events.SiteState.Count;
import dev.longshore.model.Digest;
import dev.longshore.resolver.testing.States;
import dev.longshore.rules.KeepSettings;
import dev.longshore.rules.ReleaseSettings;
import dev.longshore.rules.Rules;
import dev.longshore.runtime.kafka.record.NotSentException;
import dev.longshore.sites.Report;
import dev.longshore.sites.SiteJson;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reports that come with requests for changes. */
class SiteReportsTest {
  private static final String APP = "registry.test/shop/app";

  @TempDir Path folder;
  private RunningHub hub;
  private ImageState image;

  @BeforeEach
  void start() throws Exception {
    hub =
        new RunningHub(
            folder,
            null,
            List.of(
                Rules.DEFAULT.keeping(
                    new KeepSettings(0, null, null, Duration.ofDays(30), null),
                    ReleaseSettings.GUARDED)),
            group("shops", rule("registry.test/shop/**")));
    hub.show(APP, "1", 1);
    image = image(APP, 1, "plain");
  }

  @AfterEach
  void stop() throws Exception {
    hub.close();
  }

  private static Report report(long sequence, List<Digest> pulled) {
    return new Report(
        RunningHub.NODE,
        sequence,
        "0.2.0",
        "a-cursor",
        States.AT,
        new Amount(3, 300),
        new Amount(1, 100),
        States.AT,
        1_000,
        5_000,
        10_000,
        List.of(new Count(AbsenceReason.WINDOW, 1, 100)),
        List.of(new Absence(APP + ":1", AbsenceReason.FAILED, "no route", null)),
        pulled,
        1_250_000L,
        new Amount(2, 200),
        List.of());
  }

  private HttpResponse<byte[]> send(byte[] body) throws Exception {
    return hub.post("north", SiteClient.path("north", null, 0), body);
  }

  private HttpResponse<byte[]> send(Report report) throws Exception {
    return send(SiteJson.write(report));
  }

  @Test
  void aReportIsKeptWithWhatTheHubKnows() throws Exception {
    assertThat(send(report(7, List.of())).statusCode()).isEqualTo(200);

    SiteState kept = hub.reports.getFirst();
    assertThat(kept.key()).isEqualTo("north/node-1/hub-1");
    assertThat(kept.joinedAt()).isEqualTo(RunningHub.JOINED);
    assertThat(kept.sequence()).isEqualTo(7);
    assertThat(kept.receivedAt()).isEqualTo(hub.edge.clock.instant());
    assertThat(kept.cursor()).isEqualTo("a-cursor");
    assertThat(kept.present()).isEqualTo(new Amount(3, 300));
    assertThat(kept.exceptions()).hasSize(1);
  }

  @Test
  void aReportThatCameBeforeIsKeptOnce() throws Exception {
    for (long sequence : new long[] {2, 2, 1, 3}) {
      assertThat(send(report(sequence, List.of())).statusCode()).isEqualTo(200);
    }

    assertThat(hub.reports).extracting(SiteState::sequence).containsExactly(2L, 3L);
  }

  @Test
  void pulledDigestsAreCountedIfTheSiteMayKnowThem() throws Exception {
    ImageState foreign = image("registry.test/office/mail", 2, "plain");
    hub.put(foreign);
    send(report(1, List.of(image.digest(), foreign.digest(), Digest.of(new byte[] {9}))));
    hub.resolver.close();

    assertThat(hub.resolver.pulled).extracting(PullState::digest).containsExactly(image.digest());
  }

  @Test
  void aReportThatCannotBeKeptDoesNotHoldUpTheAnswer() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    hub.sink = _ -> never.await();
    assertThat(send(report(1, List.of())).statusCode()).isEqualTo(200);

    hub.sink =
        _ -> {
          throw new NotSentException("no answer", new IllegalStateException("down"));
        };
    assertThat(send(report(2, List.of())).statusCode()).isEqualTo(200);
    assertThat(hub.resolver.metrics())
        .containsPattern("longshore_hub_reports_total\\{[^}]*result=\"failed\"[^}]*} 1");

    // It is not known by that: the site says it again.
    hub.sink = hub.reports::add;
    assertThat(send(report(2, List.of())).statusCode()).isEqualTo(200);
    assertThat(hub.reports).hasSize(1);
    never.countDown();
  }

  @Test
  void whatIsNoReportOfThisNodeIsRefused() throws Exception {
    Report good = report(1, List.of());
    List<UnaryOperator<String>> wrong =
        List.of(
            text -> text.replace("node-1", "node-2"),
            text -> text.replace("\"sequence\":1", "\"sequence\":0"),
            text -> text.replace("\"sequence\":1,", ""),
            text -> text.replace("0.2.0", "9".repeat(200)),
            text -> text.replace("a-cursor", "c".repeat(1_001)),
            text -> text.replace(APP, "x".repeat(700)),
            _ -> "nonsense",
            _ -> "[]",
            text -> text.replace("}", "} ".repeat(20_000)));
    for (UnaryOperator<String> change : wrong) {
      String text = change.apply(new String(SiteJson.write(good), StandardCharsets.UTF_8));
      assertThat(send(text.getBytes(StandardCharsets.UTF_8)).statusCode())
          .as(text.substring(0, Math.min(100, text.length())))
          .isEqualTo(400);
    }
    List<Digest> many =
        IntStream.range(0, 51).mapToObj(i -> Digest.of(new byte[] {(byte) i})).toList();
    assertThat(send(report(1, many)).statusCode()).isEqualTo(400);
    assertThat(send(exceptions(51)).statusCode()).isEqualTo(400);
    assertThat(send(exceptions(50)).statusCode()).isEqualTo(200);
    assertThat(hub.reports).hasSize(1);
  }

  private static Report exceptions(int number) {
    Report good = report(1, List.of());
    return new Report(
        good.node(),
        good.sequence(),
        good.version(),
        null,
        good.reportedAt(),
        good.present(),
        good.behind(),
        null,
        good.lineBytes(),
        good.freeBytes(),
        good.totalBytes(),
        good.counts(),
        Collections.nCopies(
            number, new Absence(APP + ":1", AbsenceReason.FAILED, "no route", null)),
        good.pulled(),
        null,
        null,
        List.of());
  }
}
