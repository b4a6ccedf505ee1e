package dev.longshore.pinner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.CopiesState;
import dev.longshore.events.CopyPhase;
import dev.longshore.model.PeerName;
import dev.longshore.pinner.Copy.Copying;
import dev.longshore.pinner.Copy.Failed;
import dev.longshore.pinner.Copy.Gone;
import dev.longshore.pinner.Copy.Lost;
import dev.longshore.pinner.Copy.Mending;
import dev.longshore.pinner.Copy.Queued;
import dev.longshore.pinner.Copy.Releasing;
import dev.longshore.pinner.Copy.Stalled;
import dev.longshore.pinner.Copy.Surplus;
import dev.longshore.pinner.Copy.Trouble;
import dev.longshore.pinner.Copy.Verified;
import dev.longshore.pinner.Copy.Verifying;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each event in each state. */
class CopyTableTest {
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final Instant LATER = NOON.plusSeconds(10);

  /** Each has failed twice, or has seven bytes. */
  private static final List<Copy> STATES =
      List.of(
          new Queued(2),
          new Copying(2),
          new Verifying(2),
          new Verified(7),
          new Stalled(new Trouble("old", 2, NOON)),
          new Failed(new Trouble("old", 2, NOON)),
          new Lost(new Trouble("old", 2, NOON)),
          new Mending("old"),
          new Surplus(7),
          new Releasing(7, null),
          new Gone());

  private static final Map<String, CopyEvent> EVENTS = new LinkedHashMap<>();

  static {
    EVENTS.put("chosen", new CopyEvent.Chosen());
    EVENTS.put("started", new CopyEvent.Started());
    EVENTS.put("arrived", new CopyEvent.Arrived());
    EVENTS.put("confirmed", new CopyEvent.Confirmed(9));
    EVENTS.put("try stalled", new CopyEvent.TryStalled("new"));
    EVENTS.put("try failed", new CopyEvent.TryFailed("new", true));
    EVENTS.put("next try", new CopyEvent.NextTry(LATER, 3));
    EVENTS.put("missing", new CopyEvent.Missing("new"));
    EVENTS.put("peer lost", new CopyEvent.PeerLost("new"));
    EVENTS.put("rotten", new CopyEvent.Rotten("new"));
    EVENTS.put("release wanted", new CopyEvent.ReleaseWanted());
    EVENTS.put("release committed", new CopyEvent.ReleaseCommitted());
    EVENTS.put("release failed", new CopyEvent.ReleaseFailed("new"));
    EVENTS.put("unpinned", new CopyEvent.Unpinned());
    EVENTS.put("wanted again", new CopyEvent.WantedAgain());
  }

  /** The state after it; {@code =} where nothing changes, {@code -} where it is refused. */
  private static final String TABLE =
      """
                        queued   copying  verifyin verified stalled  failed   lost     mending  surplus  releasin gone
      chosen            =        queued   queued   -        queued   queued   queued   -        -        -        queued
      started           copying  -        -        -        -        -        -        -        -        -        -
      arrived           -        verifyin -        -        -        -        -        -        -        -        -
      confirmed         verified verified verified verified verified verified verified verified surplus  =        surplus
      try stalled       stalled  stalled  stalled  -        stalled  stalled  stalled  stalled  -        -        stalled
      try failed        failed   failed   failed   -        failed   failed   failed   failed   -        -        failed
      next try          -        -        -        -        stalled  failed   lost     -        -        -        -
      missing           =        =        =        lost     =        =        =        lost     gone     gone     =
      peer lost         =        =        =        lost     =        =        =        lost     =        =        =
      rotten            =        =        =        mending  =        =        =        mending  mending  =        =
      release wanted    surplus  surplus  surplus  surplus  surplus  surplus  surplus  surplus  =        =        surplus
      release committed -        -        -        -        -        -        -        -        releasin =        -
      release failed    -        -        -        -        -        -        -        -        -        releasin -
      unpinned          -        -        -        -        -        -        -        -        -        gone     =
      wanted again      =        =        =        =        =        =        =        =        verified queued   queued
      """;

  @Test
  void eachEventInEachStateHasAResult() {
    List<String> table = new ArrayList<>();
    table.add(row("", STATES.stream().map(CopyTableTest::word)));
    EVENTS.forEach(
        (name, event) -> table.add(row(name, STATES.stream().map(state -> result(state, event)))));

    assertThat(String.join("\n", table) + "\n").isEqualTo(TABLE);
  }

  /** So that none that is added is left out above. */
  @Test
  void allStatesAndEventsAreTried() {
    assertThat(STATES)
        .extracting(state -> (Object) state.getClass())
        .containsExactlyInAnyOrder((Object[]) Copy.class.getPermittedSubclasses());
    assertThat(EVENTS.values())
        .extracting(event -> (Object) event.getClass())
        .containsExactlyInAnyOrder((Object[]) CopyEvent.class.getPermittedSubclasses());
    assertThat(STATES)
        .extracting(Copy::phase)
        .containsExactlyInAnyOrder(
            Arrays.stream(CopyPhase.values())
                .filter(phase -> phase != CopyPhase.UNKNOWN)
                .toArray(CopyPhase[]::new));
  }

  @Test
  void triesThatFailAreCountedUntilOneDoesNot() {
    Copy copy = Copy.none();
    for (int tries = 1; tries <= 3; tries++) {
      copy = CopyTable.after(copy, new CopyEvent.Chosen());
      copy = CopyTable.after(copy, new CopyEvent.Started());
      copy = CopyTable.after(copy, new CopyEvent.TryFailed("no", false));
      assertThat(copy).isEqualTo(new Failed(new Trouble("no", tries, null)));
    }

    copy = CopyTable.after(copy, new CopyEvent.Confirmed(9));
    copy = CopyTable.after(copy, new CopyEvent.Missing("gone"));

    assertThat(copy).isEqualTo(new Lost(new Trouble("gone", 0, null)));
  }

  @Test
  void aReleaseOfWhatWasNeverVerifiedThatIsUndoneIsCopiedAnew() {
    Copy tried = new Failed(new Trouble("no", 2, null));

    Copy surplus = CopyTable.after(tried, new CopyEvent.ReleaseWanted());

    assertThat(CopyTable.after(surplus, new CopyEvent.WantedAgain())).isEqualTo(new Queued(0));
  }

  @Test
  void eachStateIsReadAsItWasRecorded() {
    for (Copy state : STATES) {
      assertThat(Copy.of(state.entry(new PeerName("a"), NOON))).isEqualTo(state);
    }
    CopiesState.Copy ofLater =
        new CopiesState.Copy(new PeerName("a"), CopyPhase.UNKNOWN, 7, null, null, null, NOON);
    assertThat(Copy.of(ofLater)).as("one of a later release").isEqualTo(new Queued(0));
  }

  private static String result(Copy state, CopyEvent event) {
    try {
      Copy after = CopyTable.after(state, event);
      return after.equals(state) ? "=" : word(after);
    } catch (CopyTable.RefusedEvent e) {
      return "-";
    }
  }

  private static String word(Copy state) {
    String word = state.phase().name().toLowerCase(java.util.Locale.ROOT);
    return word.substring(0, Math.min(8, word.length()));
  }

  private static String row(String name, Stream<String> cells) {
    StringBuilder row = new StringBuilder("%-18s".formatted(name));
    cells.forEach(cell -> row.append("%-9s".formatted(cell)));
    return row.toString().stripTrailing();
  }
}
