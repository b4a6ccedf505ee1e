package dev.longshore.catalog;

import static dev.longshore.catalog.testing.Samples.dag;
import static dev.longshore.catalog.testing.Samples.pin;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.catalog.testing.RecordLog;
import dev.longshore.catalog.testing.Samples;
import dev.longshore.events.CopiesState;
import dev.longshore.events.CopyPhase;
import dev.longshore.events.CopyStatus;
import dev.longshore.events.PeerPhase;
import dev.longshore.events.PeerState;
import dev.longshore.events.PinState;
import dev.longshore.events.State;
import dev.longshore.model.PeerName;
import dev.longshore.testing.ManualClock;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CopyStatesTest {
  private static final Instant SOON = Samples.NOW.plusSeconds(10);
  private final RecordLog log = new RecordLog();
  private final Catalog catalog = Catalog.inMemory(new ManualClock(Samples.NOW));

  @AfterEach
  void close() {
    catalog.close();
  }

  @Test
  void thoseOfTheFirstReleasesAreReadFromTheOtherRecord() {
    PinState pin = pin(1, 2, 1);
    put(pin);

    CopiesState copies = catalog.copies().of(dag(1));

    assertThat(copies.copies())
        .extracting(CopiesState.Copy::state)
        .containsExactly(CopyPhase.VERIFIED, CopyPhase.COPYING);
    assertThat(copies.copies().getFirst().bytes()).isEqualTo(1_000_500);
    assertThat(copies.copies().getFirst().changedAt()).isEqualTo(pin.changedAt());
    assertThat(catalog.copies().of(List.of(pin))).containsExactly(copies);
    assertThat(catalog.copies().pinned(pin).inOne().copies())
        .as("as the first releases told it")
        .isEqualTo(pin.copies());
    assertThat(catalog.copies().recorded(dag(1))).isEmpty();
  }

  @Test
  void theirOwnRecordCountsWhereThereIsOne() {
    CopiesState copies = new CopiesState(dag(2), List.of(copy("peer-0", CopyPhase.LOST, null)));
    put(pin(1, 1, 1), pin(2, 1, 1), pin(3, 1, 1), copies);

    assertThat(catalog.copies().of(dag(2))).isEqualTo(copies);
    assertThat(catalog.copies().of(catalog.pins().page(null, 9)))
        .extracting(state -> state.copies().getFirst().state())
        .containsExactly(CopyPhase.VERIFIED, CopyPhase.LOST, CopyPhase.VERIFIED);
    assertThat(catalog.copies().unrecorded(null, 9))
        .extracting(PinState::imageDag)
        .containsExactly(dag(1), dag(3));
    assertThat(catalog.copies().unrecorded(dag(1), 9))
        .extracting(PinState::imageDag)
        .containsExactly(dag(3));
  }

  @Test
  void aCopyIsWhereItsPeerIsNow() {
    put(
        pin(1, 1, 1),
        new CopiesState(
            dag(1),
            List.of(
                copy("peer-0", CopyPhase.VERIFIED, null),
                copy("peer-9", CopyPhase.STALLED, SOON))));
    assertThat(catalog.copies().pinned(dag(1)).orElseThrow().copies())
        .as("before the peers are recorded")
        .extracting(PeerCopy::peerId)
        .containsExactly("12D3KooW0", "");

    put(peer("peer-0"));

    PeerCopy copy = catalog.copies().pinned(dag(1)).orElseThrow().copies().getFirst();
    assertThat(copy.peerId()).isEqualTo("id of peer-0");
    assertThat(copy.zone()).isEqualTo("zone of peer-0");
    assertThat(copy.addresses()).containsExactly("/ip4/10.0.0.1/tcp/4001");
  }

  @Test
  void eachStateHasAWordOfTheFirstReleases() {
    assertThat(Stream.of(CopyPhase.values()).map(state -> told(state).status()))
        .containsExactly(
            CopyStatus.PINNING,
            CopyStatus.PINNING,
            CopyStatus.PINNING,
            CopyStatus.VERIFIED,
            CopyStatus.FAILED,
            CopyStatus.FAILED,
            CopyStatus.FAILED,
            CopyStatus.FAILED,
            CopyStatus.FAILED,
            CopyStatus.FAILED,
            CopyStatus.FAILED,
            CopyStatus.UNKNOWN);
  }

  @Test
  void thoseWhoseNextTryHasComeAreFoundByTheFirstOfAllTheirTries() {
    put(
        new CopiesState(
            dag(1),
            List.of(
                copy("a", CopyPhase.FAILED, SOON.plusSeconds(60)),
                copy("b", CopyPhase.STALLED, SOON))),
        new CopiesState(dag(2), List.of(copy("a", CopyPhase.FAILED, null))),
        new CopiesState(dag(3), List.of(copy("a", CopyPhase.FAILED, SOON))));

    assertThat(catalog.copies().due(SOON.minusMillis(1), null, 9)).isEmpty();
    assertThat(catalog.copies().due(SOON, null, 9)).containsExactly(dag(1), dag(3));
    assertThat(catalog.copies().due(SOON, null, 1)).containsExactly(dag(1));
    assertThat(catalog.copies().due(SOON, dag(1), 9)).containsExactly(dag(3));
  }

  private static PeerCopy told(CopyPhase state) {
    return new PeerCopy(copy("a", state, null), "", "", List.of());
  }

  private static CopiesState.Copy copy(String peer, CopyPhase state, @Nullable Instant next) {
    return new CopiesState.Copy(new PeerName(peer), state, 1, null, null, next, Samples.NOW);
  }

  private static PeerState peer(String name) {
    return new PeerState(
        new PeerName(name),
        "id of " + name,
        List.of("/ip4/10.0.0.1/tcp/4001"),
        "zone of " + name,
        PeerPhase.UP,
        Samples.NOW,
        null,
        null,
        null,
        null,
        null,
        null,
        null);
  }

  private void put(State... states) {
    catalog.writer().apply(Stream.of(states).map(log::put).toList());
  }
}
