package dev.longshore.pinner;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.ipfs.testing.InMemorySwarm;
import dev.longshore.model.Cid;
import dev.longshore.model.PeerName;
import dev.longshore.rules.PlacementSettings;
import dev.longshore.rules.PlacementSettings.Spread;
import dev.longshore.runtime.config.PeerPlace;
import dev.longshore.testing.FirstSeed;
import dev.longshore.testing.SplitMix;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PlacementTest {
  private static final int SEEDS = 100;
  private static final int IMAGES = 3000;
  private static final PeerName NONE = new PeerName("");
  private static final IpfsNode NODE = new InMemorySwarm().node("any");

  static LongStream seeds() {
    return LongStream.range(0, SEEDS).map(i -> FirstSeed.get() + i);
  }

  /** Any fleet, rule and state that there may be. */
  private static final class World {
    final SplitMix random;
    final List<Peer> peers = new ArrayList<>();
    final List<Peer> holders = new ArrayList<>();
    final Set<PeerName> excluded = new HashSet<>();
    final CopyRule rule;
    final Cid dag;

    World(long seed) {
      random = new SplitMix(new SplitMix(seed).nextLong());
      int zones = random.nextInt(1, 5);
      for (int i = random.nextInt(1, 12); i > 0; i--) {
        peers.add(
            peer(
                "p" + i,
                "zone-" + random.nextInt(zones),
                random.nextInt(1, 4),
                some("ssd", "slow", "north")));
      }
      int copies = random.nextInt(1, 6);
      PlacementSettings placement =
          new PlacementSettings(
              random.nextInt(4) > 0 ? Spread.ZONE : Spread.NONE,
              random.nextInt(4) == 0 ? List.of("ssd") : List.of(),
              random.nextInt(2) == 0 ? List.of("slow") : List.of());
      rule = new CopyRule(copies, random.nextInt(1, copies + 1), placement);
      for (Peer peer : peers) {
        switch (random.nextInt(5)) {
          case 0 -> holders.add(peer);
          case 1 -> excluded.add(peer.name());
          default -> {}
        }
      }
      dag = cid(seed);
    }

    private List<String> some(String... labels) {
      return Stream.of(labels).filter(_ -> random.nextInt(2) == 0).toList();
    }

    List<Peer> choose() {
      return choose(peers);
    }

    List<Peer> choose(List<Peer> fleet) {
      int missing = Math.max(0, rule.copies() - holders.size());
      return Placement.choose(dag, rule, fleet, holders, excluded, NONE, Set.of(), missing);
    }

    List<Peer> leaving(List<Peer> fleet) {
      return Placement.leaving(dag, rule, fleet, holders, excluded);
    }

    /** Makes and lets go as the pinner does; returns how many copies went for others. */
    int settle() {
      int moved = 0;
      while (true) {
        List<Peer> leaving = leaving(peers);
        List<Peer> staying = new ArrayList<>(holders);
        staying.removeAll(leaving);
        Set<PeerName> unfit = new HashSet<>(excluded);
        leaving.forEach(peer -> unfit.add(peer.name()));
        int missing = Math.max(0, rule.copies() - staying.size());
        List<Peer> come =
            Placement.choose(dag, rule, peers, staying, unfit, NONE, Set.of(), missing);
        holders.addAll(come);
        boolean enough = staying.size() + come.size() >= rule.copies();
        if (enough) {
          holders.removeAll(leaving);
          moved += leaving.size();
        }
        if (come.isEmpty() && (leaving.isEmpty() || !enough)) {
          return moved;
        }
      }
    }

    /** Those that may get a copy, and whether they are the last resort. */
    Map<Boolean, List<Peer>> open() {
      return peers.stream()
          .filter(peer -> !holders.contains(peer) && !excluded.contains(peer.name()))
          .filter(peer -> rule.placement().allows(peer.place().labels()))
          .collect(
              Collectors.partitioningBy(peer -> rule.placement().avoids(peer.place().labels())));
    }

    @Override
    public String toString() {
      return rule + " of " + peers + ", has " + holders + ", without " + excluded;
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void anyChoiceKeepsTheRules(long seed) {
    World world = new World(seed);

    List<Peer> chosen = world.choose();

    assertThat(chosen).as(world.toString()).doesNotHaveDuplicates();
    assertThat(chosen).as(world.toString()).noneMatch(world.holders::contains);
    Map<Boolean, List<Peer>> open = world.open();
    int missing = Math.max(0, world.rule.copies() - world.holders.size());
    int wanted = Math.min(missing, open.get(false).size());
    int lastResort =
        Math.clamp(
            (long) world.rule.min() - world.holders.size() - wanted, 0, open.get(true).size());
    assertThat(chosen).as(world.toString()).hasSize(wanted + lastResort);
    assertThat(chosen.stream().filter(open.get(true)::contains)).hasSize(lastResort);
    List<Peer> shuffled = new ArrayList<>(world.peers);
    Collections.shuffle(shuffled, new Random(seed));
    assertThat(world.choose(shuffled)).as("in any order").isEqualTo(chosen);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void noZoneGetsASecondCopyWhileAnotherOpenOneHasNone(long seed) {
    World world = new World(seed);
    if (world.rule.placement().spread() == Spread.NONE) {
      return;
    }
    List<Peer> chosen = world.choose();
    Map<String, Long> copies =
        Stream.concat(chosen.stream(), world.holders.stream())
            .collect(Collectors.groupingBy(Peer::zone, Collectors.counting()));
    List<Peer> left = new ArrayList<>(world.open().get(false));
    left.removeAll(chosen);
    for (Peer peer : chosen) {
      if (!world.rule.placement().avoids(peer.place().labels())) {
        for (Peer other : left) {
          assertThat(copies.getOrDefault(other.zone(), 0L))
              .as("%s rather than %s: %s", peer, other, world)
              .isGreaterThanOrEqualTo(copies.get(peer.zone()) - 1);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void aPeerThatJoinsTakesAtMostOneCopyFromTheOthersAndNothingElseMoves(long seed) {
    World world = new World(seed);
    world.holders.clear();
    Set<Peer> before = new HashSet<>(world.choose());
    Peer joined = peer("joined", "zone-" + world.random.nextInt(5), 2, List.of("ssd", "north"));
    List<Peer> fleet = new ArrayList<>(world.peers);
    fleet.add(joined);

    Set<Peer> after = new HashSet<>(world.choose(fleet));

    Set<Peer> gone = new HashSet<>(before);
    gone.removeAll(after);
    Set<Peer> come = new HashSet<>(after);
    come.removeAll(before);
    assertThat(come).as(world.toString()).isSubsetOf(joined);
    // One more may go: a peer to avoid that was taken for want of another.
    assertThat(gone.size()).as(world.toString()).isLessThanOrEqualTo(come.size());
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void aPeerThatLeavesMovesOnlyItsOwnCopies(long seed) {
    World world = new World(seed);
    world.holders.clear();
    List<Peer> before = world.choose();
    if (before.isEmpty()) {
      return;
    }
    Peer left = before.get(world.random.nextInt(before.size()));
    List<Peer> fleet = new ArrayList<>(world.peers);
    fleet.remove(left);
    world.holders.addAll(before);
    world.holders.remove(left);

    assertThat(world.leaving(fleet)).as(world.toString()).isEmpty();
    assertThat(world.choose(fleet).size()).as(world.toString()).isLessThanOrEqualTo(1);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void copiesMoveUntilTheRuleIsKeptAndThenStay(long seed) {
    World world = new World(seed);
    int safe = Math.min(world.rule.min(), world.holders.size());
    int before = world.holders.size();
    List<Peer> shuffled = new ArrayList<>(world.peers);
    Collections.shuffle(shuffled, new Random(seed));
    assertThat(new HashSet<>(world.leaving(shuffled)))
        .as("in any order")
        .isEqualTo(new HashSet<>(world.leaving(world.peers)));

    int moved = world.settle();

    List<Peer> holders = world.holders;
    PlacementSettings placement = world.rule.placement();
    assertThat(holders).as(world.toString()).doesNotHaveDuplicates();
    assertThat(holders.size()).as(world.toString()).isGreaterThanOrEqualTo(safe);
    assertThat(moved).as("no more than there are").isLessThanOrEqualTo(before);
    List<Peer> allowed =
        holders.stream().filter(peer -> placement.allows(peer.place().labels())).toList();
    if (allowed.size() >= world.rule.copies()) {
      assertThat(holders).as(world.toString()).isEqualTo(allowed).hasSize(world.rule.copies());
      List<Peer> better = world.open().get(false);
      for (Peer holder : holders) {
        for (Peer other : better) {
          assertThat(placement.avoids(holder.place().labels()))
              .as("%s rather than %s: %s", holder, other, world)
              .isFalse();
          if (placement.spread() == Spread.ZONE) {
            assertThat(copies(holders, holder.zone()) - copies(holders, other.zone()))
                .as("%s rather than %s: %s", holder, other, world)
                .isLessThanOrEqualTo(1);
          }
        }
      }
    }
    assertThat(world.settle()).as("it stays").isZero();
  }

  /** Each image with two copies in a zone has to move one, and no other has to. */
  @ParameterizedTest
  @MethodSource("seeds")
  void aPeerThatJoinsMovesWhatTheSpreadAsksForAndNothingElse(long seed) {
    World world = new World(seed);
    world.holders.clear();
    world.holders.addAll(world.choose());
    if (world.holders.size() < world.rule.copies()
        || world.holders.stream()
            .anyMatch(p -> world.rule.placement().avoids(p.place().labels()))) {
      return;
    }
    Peer joined = peer("joined", "zone-" + world.random.nextInt(6), 2, List.of("ssd", "north"));
    List<Peer> fleet = new ArrayList<>(world.peers);
    fleet.add(joined);
    long most =
        world.holders.stream().mapToLong(p -> copies(world.holders, p.zone())).max().orElse(0);
    boolean hasTo =
        world.rule.placement().spread() == Spread.ZONE
            && most - copies(world.holders, joined.zone()) >= 2;

    List<Peer> leaving = world.leaving(fleet);

    assertThat(leaving).as(world.toString()).hasSize(hasTo ? 1 : 0);
    if (hasTo) {
      world.holders.removeAll(leaving);
      assertThat(world.choose(fleet)).as(world.toString()).containsExactly(joined);
    }
  }

  private static long copies(List<Peer> peers, String zone) {
    return peers.stream().filter(peer -> peer.zone().equals(zone)).count();
  }

  @Test
  void aReplacementComesFirstAmongThoseThatAreAsGoodAndNotBeforeBetterOnes() {
    Peer holder = peer("a", "x");
    List<Peer> peers =
        List.of(holder, peer("b", "x"), peer("c", "y"), peer("d", "y"), peer("e", "y"));
    for (int i = 0; i < 20; i++) {
      assertThat(preferring("e", cid(i), peers, holder)).containsExactly(peers.get(4));
      assertThat(preferring("b", cid(i), peers, holder)).doesNotContain(peers.get(1));
    }
  }

  private static List<Peer> preferring(String name, Cid dag, List<Peer> peers, Peer holder) {
    return Placement.choose(
        dag, rule(2), peers, List.of(holder), Set.of(), NONE, Set.of(new PeerName(name)), 1);
  }

  @Test
  void copiesAreSharedByWeight() throws Exception {
    List<Peer> peers = new ArrayList<>();
    for (int i = 1; i <= 4; i++) {
      peers.add(peer("p" + i, "zone", i, List.of()));
    }
    Map<String, Integer> copies = new HashMap<>();
    for (int i = 0; i < IMAGES; i++) {
      choose(cid(i), peers, 1).forEach(peer -> copies.merge(peer.name().text(), 1, Integer::sum));
    }
    for (int i = 1; i <= 4; i++) {
      double share = i / 10.0;
      // Five standard deviations: a fixed set of images, so it passes always or never.
      double slack = 5 * Math.sqrt(IMAGES * share * (1 - share));
      assertThat((double) copies.get("p" + i))
          .isBetween(IMAGES * share - slack, IMAGES * share + slack);
    }
  }

  @Test
  void aPeerThatJoinsMovesAtMostAFifthMoreThanItsShare() throws Exception {
    List<Peer> before = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      before.add(peer("p" + i, "zone-" + i % 3, 1, List.of()));
    }
    List<Peer> after = new ArrayList<>(before);
    after.add(peer("p9", "zone-0", 1, List.of()));
    int moved = 0;
    int share = 0;
    for (int i = 0; i < IMAGES; i++) {
      Collection<Peer> old = choose(cid(i), before, 3);
      List<Peer> now = choose(cid(i), after, 3);
      moved += (int) now.stream().filter(peer -> !old.contains(peer)).count();
      share += now.contains(after.getLast()) ? 1 : 0;
    }
    assertThat(share).isPositive();
    assertThat(moved).isLessThanOrEqualTo(share * 6 / 5);
  }

  @Test
  void choosesThePeerThatHasTheBlocksAlreadyFirst() throws Exception {
    List<Peer> peers = List.of(peer("a", "x"), peer("b", "y"), peer("c", "z"));
    for (int i = 0; i < 20; i++) {
      assertThat(
              Placement.choose(
                  cid(i), rule(1), peers, List.of(), Set.of(), new PeerName("b"), Set.of(), 1))
          .containsExactly(peers.get(1));
    }
  }

  @Test
  void choosesFewerWhenThereAreNotEnough() {
    assertThat(choose(cid(1), List.of(peer("a", "x")), 3)).hasSize(1);
  }

  private static List<Peer> choose(Cid dag, List<Peer> peers, int count) {
    return Placement.choose(dag, rule(count), peers, List.of(), Set.of(), NONE, Set.of(), count);
  }

  private static CopyRule rule(int copies) {
    return new CopyRule(copies, 1, PlacementSettings.ANYWHERE);
  }

  private static Peer peer(String name, String zone) {
    return peer(name, zone, 1, List.of());
  }

  private static Peer peer(String name, String zone, int weight, List<String> labels) {
    return new Peer(
        new PeerName(name),
        new PeerPlace(zone, labels, weight, null),
        true,
        false,
        false,
        List.of(),
        NODE);
  }

  private static Cid cid(long i) {
    try {
      return Cid.raw(MessageDigest.getInstance("SHA-256").digest(Long.toString(i).getBytes(UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
