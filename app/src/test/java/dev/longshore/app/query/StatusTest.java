package dev.longshore.app.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.app.settings.FollowedSettings.Staleness;
import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.Totals;
import dev.longshore.events.PollState;
import dev.longshore.watcher.Deliveries.Outcome;
import dev.longshore.watcher.Deliveries.Seen;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StatusTest {
  /** "3 of 2 tags" read like a mistake. */
  @Test
  void moreImagesThanTagsAreExplained() {
    assertThat(images(2, 3))
        .isEqualTo("images   3 for 2 tags (each mode and version is one), 5.0 MB");
    assertThat(images(2, 2)).isEqualTo("images   2 for 2 tags, 5.0 MB");
    assertThat(images(1, 0)).isEqualTo("images   0 for 1 tag, 5.0 MB");
    assertThat(images(100_000, 400_000).length()).isLessThanOrEqualTo(80);
  }

  private static String images(long tags, long images) {
    Totals totals = new Totals(tags, images, 0, 5_000_000, 0, 0, 0, 0, 0, 0, 0);
    return status(null, Staleness.NONE, List.of(), totals).lines().getFirst();
  }

  @Test
  void saysThatCopiesOnPeersThatAreAwayStillCount() {
    assertThat(lines(null)).noneMatch(line -> line.contains("lost-after"));
    assertThat(lines("connection refused"))
        .filteredOn(line -> line.contains("lost-after"))
        .singleElement()
        .asString()
        .contains("peers that are away count");
  }

  @Test
  void namesSendersThatAreNotUnderstood() {
    List<Seen> seen =
        List.of(seen(1, "core", "harbor", "no JSON"), seen(2, "core", "harbor", "no event 'X'"));

    assertThat(lines(null, Staleness.NONE, seen))
        .contains(
            "sender   harbor for core: 2 not understood, the last at 1970-01-01T00:00:00Z: no"
                + " event 'X'");
    assertThat(lines(null)).noneMatch(line -> line.startsWith("sender"));
  }

  @Test
  void namesARegistryThatWantsNoPolls() {
    PollState refused =
        new PollState(
            "localhost:5055",
            null,
            null,
            null,
            null,
            null,
            null,
            "GET tags team/app: 429 too many requests",
            1,
            Instant.parse("2026-01-01T00:30:00.5Z"));

    assertThat(lines(null, Staleness.NONE, List.of(), refused))
        .contains(
            "poll     localhost:5055: GET tags team/app: 429 too many requests; next poll"
                + " 2026-01-01T00:30:00Z");
    assertThat(lines(null)).noneMatch(line -> line.startsWith("poll"));
  }

  private static Seen seen(long number, String registry, String sender, String what) {
    return new Seen(
        number, Instant.EPOCH, registry, sender, Outcome.NOT_UNDERSTOOD, what, List.of());
  }

  @Test
  void saysInWhatTheRunningSettingsAreOlderThanTheirFile() {
    assertThat(lines(null)).noneMatch(line -> line.startsWith("settings"));
    assertThat(
            lines(
                null,
                new Staleness("longshore.yaml:3: copies: many", List.of("instance")),
                List.of()))
        .contains(
            "settings the changed file is not used: longshore.yaml:3: copies: many",
            "settings wait for a restart: instance");
  }

  private static List<String> lines(@Nullable String problem) {
    return lines(problem, Staleness.NONE, List.of());
  }

  private static List<String> lines(
      @Nullable String problem, Staleness staleness, List<Seen> notUnderstood, PollState... polls) {
    try (Catalog catalog = Catalog.inMemory(Clock.systemUTC())) {
      return status(problem, staleness, notUnderstood, catalog.totals(), polls).lines();
    }
  }

  private static Status status(
      @Nullable String problem,
      Staleness staleness,
      List<Seen> notUnderstood,
      Totals totals,
      PollState... polls) {
    PeerLook.Answer peer =
        new PeerLook.Answer(
            "peer-1", "site-1", problem == null ? PeerLook.State.UP : PeerLook.State.AWAY, problem);
    return new Status(
        Instant.EPOCH,
        totals,
        List.of(),
        0,
        0,
        List.of(),
        List.of(),
        new Outside(List.of(peer), List.of(), staleness, notUnderstood, List.of(polls), List.of()),
        List.of());
  }
}
