package dev.longshore.app.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.app.query.Guards.Changed;
import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.testing.RecordLog;
import dev.longshore.catalog.testing.Samples;
import dev.longshore.events.CopiesState;
import dev.longshore.events.CopyPhase;
import dev.longshore.events.Decision.Confirm;
import dev.longshore.events.DecisionState;
import dev.longshore.events.Evidence;
import dev.longshore.events.ImageState;
import dev.longshore.events.PeerPhase;
import dev.longshore.events.PeerState;
import dev.longshore.events.PinPhase;
import dev.longshore.events.PinState;
import dev.longshore.events.State;
import dev.longshore.model.ImageDag;
import dev.longshore.model.Mode;
import dev.longshore.model.PeerName;
import dev.longshore.rules.RuleSettings;
import dev.longshore.runtime.config.PeerSettings;
import dev.longshore.runtime.config.PeersAndRules;
import dev.longshore.testing.ManualClock;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Guards that stop what changed settings would let go, as commands see them. */
class ChangedSettingsGuardsTest {
  private static final int MANY = 20;

  private final ManualClock clock = new ManualClock(Samples.NOW);
  private final Catalog catalog = Catalog.inMemory(clock);
  private final RecordLog log = new RecordLog();

  @AfterEach
  void close() {
    catalog.close();
  }

  @Test
  void areListedUntilTheyAreConfirmedOrEnd() {
    images(MANY);
    assertThat(changes(3, "a", "b", "c")).isEmpty();
    assertThat(changes(2, "a", "b", "c"))
        .containsExactly(new Changed("moves", MANY, MANY, List.of(), false));

    confirm("moves", MANY);
    assertThat(changes(2, "a", "b", "c")).extracting(Changed::confirmed).containsExactly(true);
  }

  @Test
  void nameThePeersThatLeftAtOnce() {
    images(1);
    assertThat(changes(3, "a", "b")).as("one").isEmpty();
    List<Changed> left = changes(3, "a");
    assertThat(left)
        .singleElement()
        .returns(List.of(new PeerName("b"), new PeerName("c")), Changed::left)
        .returns(2L, Changed::count)
        .returns(3L, Changed::of)
        .returns(false, Changed::confirmed);

    confirm(left.getFirst().id(), 2);
    assertThat(changes(3, "a")).extracting(Changed::confirmed).containsExactly(true);
  }

  @Test
  void areConfirmedForTheRestOfThePeersThatLeftTogether() {
    images(1);
    String id = changes(3, "d").getFirst().id();
    put(
        DecisionState.of(
            "all",
            new Confirm(id, 3, Stream.of("a", "b", "c").map(PeerName::new).toList()),
            "ann",
            "we gave them back",
            clock.instant(),
            null));
    assertThat(changes(3, "d")).extracting(Changed::confirmed).containsExactly(true);
    assertThat(changes(3, "a")).as("b and c").extracting(Changed::confirmed).containsExactly(true);

    put(up("c", clock.instant()));
    assertThat(changes(3, "a")).extracting(Changed::confirmed).containsExactly(true);
    put(up("c", clock.instant().plusSeconds(1)));
    assertThat(changes(3, "a")).as("c was back").extracting(Changed::confirmed).contains(false);
  }

  private static PeerState up(String peer, Instant since) {
    return new PeerState(
        new PeerName(peer),
        null,
        List.of(),
        "default",
        PeerPhase.UP,
        since,
        null,
        null,
        null,
        null,
        null,
        null,
        null);
  }

  private List<Changed> changes(int copies, String... peers) {
    return Guards.changes(
        catalog,
        new PeersAndRules(
            Stream.of(peers).map(ChangedSettingsGuardsTest::peer).toList(),
            List.of(new RuleSettings("**", List.of(Mode.PLAIN), List.of(), copies, 1, null))),
        catalog.copies().byPeer().keySet(),
        clock);
  }

  private static PeerSettings peer(String name) {
    return new PeerSettings(
        name,
        "default",
        URI.create("http://127.0.0.1:1"),
        URI.create("http://127.0.0.1:2"),
        List.of(),
        null,
        true,
        false);
  }

  private void images(int count) {
    for (int i = 0; i < count; i++) {
      ImageDag dag =
          ImageDag.stored("bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s5" + pair(i));
      put(Samples.tag("library/nginx", "v" + i, i + 1));
      put(
          new PinState(
              dag,
              3,
              List.of(),
              null,
              true,
              Samples.NOW,
              1,
              3,
              null,
              null,
              null,
              PinPhase.KEPT,
              Samples.NOW));
      put(
          new CopiesState(
              dag,
              Stream.of("a", "b", "c")
                  .map(
                      peer ->
                          new CopiesState.Copy(
                              new PeerName(peer),
                              CopyPhase.VERIFIED,
                              1,
                              null,
                              null,
                              null,
                              Samples.NOW))
                  .toList()));
      put(ofDag(i + 1, dag));
    }
  }

  private static String pair(int i) {
    String letters = "abcdefghijklmnopqrstuvwxyz";
    return "2" + letters.charAt(i) + "y";
  }

  private static State ofDag(int digest, ImageDag dag) {
    var image = Samples.image(digest);
    return new ImageState(
            image.digest(),
            image.recipe(),
            image.mode(),
            image.mediaType(),
            dag,
            image.root(),
            image.manifest(),
            image.platforms(),
            image.blobs(),
            image.bytes(),
            image.missing(),
            image.ingestPeer(),
            image.name(),
            image.convertedAt())
        .shownBy(Evidence.READ);
  }

  private void confirm(String guard, int count) {
    put(
        DecisionState.of(
            "confirm", new Confirm(guard, count), "ann", "on purpose", Samples.NOW, null));
  }

  private void put(State state) {
    catalog.writer().apply(List.of(log.put(state)));
  }
}
