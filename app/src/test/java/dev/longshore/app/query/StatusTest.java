package dev.longshore.app.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.app.FollowedSettings.Staleness;
import dev.longshore.catalog.Catalog;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StatusTest {
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
  void saysInWhatTheRunningSettingsAreOlderThanTheirFile() {
    assertThat(lines(null)).noneMatch(line -> line.startsWith("settings"));
    assertThat(lines(null, new Staleness("longshore.yaml:3: copies: many", List.of("instance"))))
        .contains(
            "settings the changed file is not used: longshore.yaml:3: copies: many",
            "settings wait for a restart: instance");
  }

  private static List<String> lines(@Nullable String problem) {
    return lines(problem, Staleness.NONE);
  }

  private static List<String> lines(@Nullable String problem, Staleness staleness) {
    try (Catalog catalog = Catalog.inMemory(Clock.systemUTC())) {
      PeerLook.Answer peer =
          new PeerLook.Answer(
              "peer-1",
              "site-1",
              problem == null ? PeerLook.State.UP : PeerLook.State.AWAY,
              problem);
      return new Status(
              Instant.EPOCH,
              catalog.totals(),
              List.of(),
              List.of(),
              List.of(),
              List.of(peer),
              List.of(),
              staleness)
          .lines();
    }
  }
}
