package dev.longshore.ipfs.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.testing.InMemoryIpfsNode;
import dev.longshore.ipfs.testing.InMemorySwarm;
import dev.longshore.model.check.testing.Found;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class SwarmCheckTest {
  private final InMemorySwarm swarm = new InMemorySwarm();
  private final InMemoryIpfsNode one = swarm.node("one");
  private final InMemoryIpfsNode two = swarm.node("two");

  private Found look(List<String> addressesOfTwo) throws Exception {
    return Found.by(
        new SwarmCheck(
            List.of(
                new SwarmCheck.Member(one, List.of()),
                new SwarmCheck.Member(two, addressesOfTwo))));
  }

  @Test
  void nodesThatAreConnectedAreFine() throws Exception {
    one.connect(two.address(), Deadline.after(Duration.ofSeconds(5)));

    assertThat(look(List.of()).fine()).contains("each of 2 nodes with every other");
  }

  @Test
  void nodesThatNobodyIntroducedYetAreConnectedByTheLook() throws Exception {
    assertThat(look(List.of()).fine()).contains("they were apart, and are connected now");
  }

  @Test
  void nodesThatCannotReachEachOtherAreWrong() throws Exception {
    assertThat(look(List.of("/memory/elsewhere")).wrong())
        .contains("connect one to two", "failed to dial", "swarm.key", "peers[].swarm");
  }

  @Test
  void aNodeThatIsAnnouncedBehindARelayIsDialedThroughIt() throws Exception {
    String announced = "/memory/two/p2p/relay/p2p-circuit";
    InMemoryIpfsNode relayed = swarm.node("two/p2p/relay/p2p-circuit");

    assertThat(
            Found.by(
                    new SwarmCheck(
                        List.of(
                            new SwarmCheck.Member(one, List.of()),
                            new SwarmCheck.Member(relayed, List.of(announced)))))
                .fine())
        .contains("they were apart, and are connected now");
  }

  @Test
  void aNodeThatIsAwayIsLeftToItsOwnCheck() throws Exception {
    two.trouble().goDown();

    assertThat(look(List.of()).all()).isEmpty();
  }
}
