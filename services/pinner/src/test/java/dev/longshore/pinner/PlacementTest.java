package dev.longshore.pinner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.ipfs.testing.InMemorySwarm;
import dev.longshore.model.Cid;
import dev.longshore.model.PeerName;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PlacementTest {
  private final InMemorySwarm swarm = new InMemorySwarm();

  @Test
  void spreadsCopiesOverSitesFirst() throws Exception {
    List<Peer> peers =
        List.of(
            peer("a1", "a"), peer("a2", "a"), peer("a3", "a"), peer("b1", "b"), peer("c1", "c"));

    List<Peer> chosen = Placement.choose(cid(1), peers, List.of(), Set.of(), new PeerName(""), 3);

    assertThat(chosen.stream().map(Peer::site)).containsExactlyInAnyOrder("a", "b", "c");
  }

  @Test
  void choosesThePeerThatHasTheBlocksAlreadyFirst() throws Exception {
    List<Peer> peers = List.of(peer("a", "x"), peer("b", "y"), peer("c", "z"));
    for (int i = 0; i < 20; i++) {
      assertThat(Placement.choose(cid(i), peers, List.of(), Set.of(), new PeerName("b"), 1))
          .containsExactly(peers.get(1));
    }
  }

  @Test
  void movesOnlyItsOwnShareWhenAPeerJoins() throws Exception {
    List<Peer> before = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      before.add(peer("p" + i, "s"));
    }
    List<Peer> after = new ArrayList<>(before);
    after.add(peer("p9", "s"));
    int moved = 0;
    for (int i = 0; i < 300; i++) {
      Set<Peer> old =
          new HashSet<>(Placement.choose(cid(i), before, List.of(), Set.of(), new PeerName(""), 3));
      List<Peer> now = Placement.choose(cid(i), after, List.of(), Set.of(), new PeerName(""), 3);
      moved += (int) now.stream().filter(p -> !old.contains(p)).count();
    }
    // 3 of 10 copies of 300 images: the new peer's share, and nobody else's.
    assertThat(moved).isBetween(60, 120);
  }

  @Test
  void choosesFewerWhenThereAreNotEnough() throws Exception {
    assertThat(
            Placement.choose(
                cid(1), List.of(peer("a", "x")), List.of(), Set.of(), new PeerName(""), 3))
        .hasSize(1);
  }

  private Peer peer(String name, String site) {
    return new Peer(new PeerName(name), site, true, false, false, List.of(), swarm.node(name));
  }

  private static Cid cid(int i) throws Exception {
    return Cid.raw(
        MessageDigest.getInstance("SHA-256")
            .digest(Integer.toString(i).getBytes(StandardCharsets.UTF_8)));
  }
}
