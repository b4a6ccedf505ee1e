package dev.longshore.pinner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.CatalogRecord;
import dev.longshore.events.CopiesState;
import dev.longshore.events.CopyPhase;
import dev.longshore.events.PinPhase;
import dev.longshore.events.PinState;
import dev.longshore.events.State;
import dev.longshore.events.Topic;
import dev.longshore.ipfs.testing.InMemorySwarm;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.model.PeerName;
import dev.longshore.runtime.config.PeersAndRules;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a plan for very many images costs. */
class MovePlanTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private final CountingClock clock = new CountingClock();
  private long written;

  /** The catalog looks at its clock at each question for what stands of decisions. */
  @Test
  void whatPeopleDecidedOfPeersIsReadOnceHoweverManyImagesThereAre() {
    int few = readsOfAPlan(1);
    int many = readsOfAPlan(40);

    assertThat(few).isPositive();
    assertThat(many).isEqualTo(few);
  }

  private int readsOfAPlan(int images) {
    InMemorySwarm swarm = new InMemorySwarm();
    try (Catalog catalog = Catalog.inMemory(clock)) {
      for (int i = 0; i < images; i++) {
        put(catalog, i);
      }
      int before = clock.reads.get();
      MovePlan plan =
          new MovePlan(
              catalog,
              new PeersAndRules(
                  Stream.of("a", "b", "d").map(name -> SamplePinner.settings(name, true)).toList(),
                  List.of()),
              peer -> swarm.node(peer.name()),
              clock);
      List<MovePlan.Move> moves = new ArrayList<>();
      plan.forEach(moves::add);
      assertThat(moves)
          .hasSize(images)
          .allSatisfy(
              move -> {
                assertThat(move.to()).containsExactly(new PeerName("d"));
                assertThat(move.name()).isPresent();
                assertThat(move.bytes()).isEqualTo(100);
              });
      return clock.reads.get() - before;
    }
  }

  private void put(Catalog catalog, int i) {
    Digest digest = Digest.of(("image" + i).getBytes(StandardCharsets.UTF_8));
    Cid dag = Cid.dagPb(HexFormat.of().parseHex(digest.hex()));
    put(catalog, Topic.IMAGES, PinBed.image(dag, 100, digest.toString(), NOW));
    put(catalog, Topic.TAGS, PinBed.name("team/app", "v" + i, digest.toString(), NOW));
    put(
        catalog,
        Topic.PINS,
        new PinState(
            new ImageDag(dag),
            3,
            List.of(),
            new PeerName("ingest"),
            true,
            NOW,
            1,
            3,
            NOW,
            NOW,
            NOW,
            PinPhase.KEPT,
            NOW));
    put(
        catalog,
        Topic.COPIES,
        new CopiesState(
            new ImageDag(dag),
            Stream.of("a", "b", "c")
                .map(
                    name ->
                        new CopiesState.Copy(
                            new PeerName(name), CopyPhase.VERIFIED, 100, null, null, null, NOW))
                .toList()));
  }

  private void put(Catalog catalog, Topic topic, State state) {
    catalog
        .writer()
        .apply(List.of(new CatalogRecord(topic, 0, written++, NOW, state.key(), state)));
  }

  private static final class CountingClock extends Clock {
    private final AtomicInteger reads = new AtomicInteger();

    @Override
    public Instant instant() {
      reads.incrementAndGet();
      return NOW;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }
}
