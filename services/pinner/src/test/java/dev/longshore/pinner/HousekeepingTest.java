package dev.longshore.pinner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.catalog.Catalog;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.ipfs.testing.InMemoryIpfsNode;
import dev.longshore.ipfs.testing.InMemorySwarm;
import dev.longshore.ipfs.unixfs.UnixFsFileBuilder;
import dev.longshore.model.PeerName;
import dev.longshore.runtime.config.PeerPlace;
import dev.longshore.runtime.kafka.record.KeyPartitions;
import dev.longshore.runtime.service.endpoint.Endpoints;
import dev.longshore.testing.ManualClock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;

/** Who collects the garbage of peers that are short of room. */
class HousekeepingTest {
  private static final Duration CALL = Duration.ofSeconds(2);
  private final ManualClock clock = new ManualClock(Instant.parse("2026-01-01T00:00:00Z"));
  private final List<String> looked = new ArrayList<>();
  private final List<String> collected = new ArrayList<>();

  @Test
  void onePinnerCollectsAllPeersOneAfterAnother() throws Exception {
    round(partition -> partition != 0);
    assertThat(collected).isEmpty();

    round(partition -> partition == 0);
    assertThat(collected).containsExactly("a", "b", "c");
  }

  @Test
  void aClockThatIsSetBackPutsNoLookOff() throws Exception {
    try (Catalog catalog = Catalog.inMemory(clock)) {
      Housekeeping housekeeping = housekeeping(catalog);
      housekeeping.run(hosted(_ -> true));
      housekeeping.run(hosted(_ -> true));
      assertThat(looked).as("there is a pause").containsExactly("a", "b", "c");
      looked.clear();

      clock.advance(Duration.ofDays(1).negated());
      housekeeping.run(hosted(_ -> true));

      assertThat(looked).containsExactly("a", "b", "c");
    }
  }

  /**
   * A round of a pinner.
   *
   * @param holds which partitions are its own
   */
  private void round(IntPredicate holds) throws Exception {
    try (Catalog catalog = Catalog.inMemory(clock)) {
      housekeeping(catalog).run(hosted(holds));
    }
  }

  private static Hosted hosted(IntPredicate holds) {
    return new Hosted(
        _ -> false, _ -> false, key -> holds.test(KeyPartitions.of(key)), () -> false);
  }

  private Housekeeping housekeeping(Catalog catalog) throws IOException {
    InMemorySwarm swarm = new InMemorySwarm();
    List<Peer> peers = new ArrayList<>();
    for (String name : List.of("a", "b", "c")) {
      peers.add(peer(name, swarm.node(name)));
    }
    PinLimits limits = new PinLimits(CALL, CALL, CALL, CALL);
    Collector collector = new Collector(catalog, "longshore:", limits);
    collector.heed(() -> true);
    return new Housekeeping(
        () -> new Peers(peers),
        collector,
        new Endpoints(clock, (_, _) -> {}, new Random(1)),
        limits,
        20,
        clock);
  }

  private Peer peer(String name, InMemoryIpfsNode node) throws IOException {
    byte[] bytes = "more than one byte".getBytes(StandardCharsets.UTF_8);
    node.importCar(sink -> UnixFsFileBuilder.build(bytes, sink), KeptBed.soon());
    node.trouble().limitStorage(1);
    IpfsNode counting =
        KeptBed.behind(
            (_, method, arguments) -> {
              switch (method.getName()) {
                case "repoStat" -> looked.add(name);
                case "collectGarbage" -> collected.add(name);
                default -> {}
              }
              return method.invoke(node, arguments);
            });
    return new Peer(
        new PeerName(name), PeerPlace.of("default"), true, false, false, List.of(), counting);
  }
}
