package dev.longshore.app.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.Origin;
import dev.longshore.events.TagState;
import dev.longshore.events.TagState.Notified;
import dev.longshore.events.TagState.Version;
import dev.longshore.model.Digest;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class HistoryTest {
  private static final Instant AT = Instant.parse("2026-01-01T12:00:00Z");
  private static final Digest NOW = Digest.of(new byte[] {1});
  private static final Digest BEFORE = Digest.of(new byte[] {2});
  private static final Digest PASSED = Digest.of(new byte[] {3});

  @Test
  void aVersionTellsWhoToldOfItAndHowLateByItsSendersClock() {
    List<String> lines = lines(tag(Origin.WEBHOOK, AT, told(AT.minusMillis(1_500)), List.of()));

    assertThat(lines)
        .containsExactly(
            "app:v1",
            "  " + NOW,
            "    came     2026-01-01T11:59:58.500Z by the sender's clock",
            "    left     no, it is there now",
            "    learned  by a notification of harbor, 1.500 s late");
  }

  @Test
  void theNewestComesFirstAndOneThatWasPassedSaysSo() {
    Version passed =
        new Version(
            PASSED, Origin.WEBHOOK, AT.minusSeconds(1), null, AT, told(AT.minusSeconds(90)));
    Version before =
        new Version(BEFORE, Origin.POLL, AT.minusSeconds(101), AT.minusSeconds(100), AT);

    List<String> lines = lines(tag(Origin.SYNC, AT.minusSeconds(2), null, List.of(passed, before)));

    assertThat(lines)
        .contains(
            "    learned  by longshore sync, at least 2.000 s late",
            "    learned  by a notification of harbor, 1m30s late; never seen under the name",
            "    came     2026-01-01T11:58:20Z or before, by our clock",
            "    learned  by a poll, at least 1.000 s late");
    assertThat(lines.stream().filter(line -> line.startsWith("  sha256")))
        .containsExactly("  " + NOW, "  " + PASSED, "  " + BEFORE);
  }

  @Test
  void whatIsNotKnownIsNeverNoDelay() {
    assertThat(lines(tag(Origin.POLL, AT, null, List.of())))
        .contains("    learned  by a poll, not known how late");
    assertThat(lines(tag(Origin.WEBHOOK, AT.minusSeconds(1), told(null), List.of())))
        .contains("    learned  by a notification of harbor, at least 1.000 s late");
    assertThat(lines(tag(Origin.WEBHOOK, AT.minusSeconds(1), told(AT.plusSeconds(9)), List.of())))
        .contains(
            "    learned  by a notification of harbor, at least 1.000 s late (the sender's clock is"
                + " ahead)");
    assertThat(
            History.of("app:v1", tag(Origin.POLL, AT.plusSeconds(5), null, List.of()))
                .json()
                .at("/versions/0/lateSeconds")
                .isNull())
        .as("our own clock was set back")
        .isTrue();
  }

  @Test
  void aDeletedTagHasOnlyVersionsThatItLeft() {
    Version last = new Version(BEFORE, Origin.PUSH, AT.minusSeconds(9), AT.minusSeconds(8), AT);
    TagState deleted =
        new TagState(
            name(),
            new Tag("v1"),
            BEFORE,
            "m",
            7,
            List.of(),
            true,
            Origin.WEBHOOK,
            AT,
            AT,
            List.of(last),
            AT);

    assertThat(lines(deleted))
        .contains("    left     2026-01-01T12:00:00Z or before, by our clock")
        .noneMatch(line -> line.contains("there now"));
  }

  @Test
  void saysWhenOlderVersionsMayBeForgotten() {
    Version one = new Version(BEFORE, Origin.POLL, AT, AT, AT);

    assertThat(
            lines(tag(Origin.POLL, AT, null, Collections.nCopies(TagState.VERSIONS, one)))
                .getLast())
        .contains("50 are kept");
  }

  private static List<String> lines(TagState tag) {
    return History.of("app:v1", tag).lines();
  }

  private static Notified told(@Nullable Instant at) {
    return new Notified("harbor", at);
  }

  private static RepositoryName name() {
    return RepositoryName.canonical("localhost:5055/team/app");
  }

  private static TagState tag(
      Origin origin, Instant hintedAt, @Nullable Notified notified, List<Version> versions) {
    return new TagState(
        name(),
        new Tag("v1"),
        NOW,
        "m",
        7,
        List.of(),
        false,
        origin,
        hintedAt,
        AT,
        versions,
        AT,
        notified);
  }
}
