package dev.longshore.app.query;

import static org.assertj.core.api.Assertions.assertThat;

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

  private static List<String> lines(@Nullable String problem) {
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
              0,
              0,
              List.of(),
              List.of(),
              List.of(peer),
              List.of())
          .lines();
    }
  }
}
