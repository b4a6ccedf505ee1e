package dev.longshore.app;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.ipfs.testing.InMemoryIpfsNode;
import dev.longshore.ipfs.testing.InMemorySwarm;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AnyNodeTest {
  private final InMemorySwarm swarm = new InMemorySwarm();
  private final InMemoryIpfsNode a = swarm.node("a");
  private final InMemoryIpfsNode b = swarm.node("b");
  private final AnyNode any = new AnyNode(() -> List.of(a, b), Duration.ofSeconds(50));

  @Test
  void oneThatAnswersIsEnough() {
    a.trouble().goDown();

    assertThatCode(any::ask).doesNotThrowAnyException();
  }

  @Test
  void oneThatHangsIsNotWaitedFor() {
    a.trouble().holdCalls();

    assertThatCode(any::ask).doesNotThrowAnyException();
  }

  @Test
  void ifNoneAnswersEachSaysWhy() {
    a.trouble().goDown();
    b.trouble().goDown();

    assertThatThrownBy(any::ask)
        .hasMessageContaining("node a: identify: cannot be reached")
        .hasMessageContaining("; ")
        .hasMessageContaining("node b: identify: cannot be reached");
  }
}
