package dev.longshore.resolver.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.ipfs.Block;
import dev.longshore.model.Cid;
import dev.longshore.runtime.testing.Eventually;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** What comes for somebody who waits is given to the node meanwhile. */
class GivenBesideTest {
  private final CountDownLatch slow = new CountDownLatch(1);
  private final CountDownLatch begun = new CountDownLatch(1);
  private final List<List<Cid>> given = new CopyOnWriteArrayList<>();

  private static Block block(int number) throws Exception {
    byte[] bytes = new byte[100];
    bytes[0] = (byte) number;
    return Block.verify(Cid.raw(MessageDigest.getInstance("SHA-256").digest(bytes)), bytes);
  }

  private void giveSlowly(List<Block> blocks) throws IOException {
    begun.countDown();
    try {
      slow.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
    given.add(blocks.stream().map(Block::cid).toList());
  }

  @Test
  void nobodyWaitsForTheNodeAndAllThatWaitsIsOneImport() throws Exception {
    GivenBeside beside = new GivenBeside(1_000);
    beside.add(List.of(block(0)), this::giveSlowly);
    begun.await();
    for (int i = 1; i < 4; i++) {
      beside.add(List.of(block(i)), this::giveSlowly);
    }
    assertThat(given).isEmpty();

    slow.countDown();
    beside.await();

    assertThat(given)
        .containsExactly(
            List.of(block(0).cid()), List.of(block(1).cid(), block(2).cid(), block(3).cid()));
  }

  @Test
  void whereTooMuchWaitsTheLineWaitsToo() throws Exception {
    GivenBeside beside = new GivenBeside(200);
    beside.add(List.of(block(1)), this::giveSlowly);
    beside.add(List.of(block(2)), this::giveSlowly);
    AtomicBoolean added = new AtomicBoolean();
    Thread more =
        Thread.startVirtualThread(
            () -> {
              assertThatCode(() -> beside.add(List.of(block(3)), this::giveSlowly))
                  .doesNotThrowAnyException();
              added.set(true);
            });
    Eventually.await("it waits", () -> more.getState() == Thread.State.WAITING);
    assertThat(added).isFalse();

    slow.countDown();

    more.join();
    beside.await();
    assertThat(given.stream().mapToInt(List::size).sum()).isEqualTo(3);
  }

  @Test
  void aNodeThatTakesNothingIsSaidOnceAndTheNextIsGivenAnew() throws Exception {
    GivenBeside beside = new GivenBeside(1_000);
    slow.countDown();
    beside.add(
        List.of(block(1)),
        _ -> {
          throw new IOException("the disk is full");
        });
    assertThatThrownBy(beside::await).hasMessage("the disk is full");

    beside.add(List.of(block(2)), this::giveSlowly);
    beside.await();

    assertThat(given).containsExactly(List.of(block(2).cid()));
  }
}
