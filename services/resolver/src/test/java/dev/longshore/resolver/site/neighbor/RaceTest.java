package dev.longshore.resolver.site.neighbor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.ipfs.car.CarReader;
import dev.longshore.ipfs.car.CarWriter;
import dev.longshore.model.Cid;
import dev.longshore.resolver.site.hub.HubException;
import dev.longshore.resolver.site.hub.HubException.Kind;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A race between a neighbor and the hub for the first block. */
class RaceTest {
  private static final long LONG = Duration.ofSeconds(30).toNanos();
  private static final Cid EMPTY = Cid.parse("bafkqaaa");

  private final CountDownLatch closed = new CountDownLatch(1);

  private static byte[] car(int blocks) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    CarWriter car = new CarWriter(out, List.of());
    for (int i = 0; i < blocks; i++) {
      car.put(EMPTY, new byte[0], 0, 0);
    }
    return out.toByteArray();
  }

  private static InputStream answer(int blocks) {
    try {
      return new ByteArrayInputStream(car(blocks));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Sends nothing until it is closed. */
  private final class Silent extends InputStream {
    @Override
    public int read() throws IOException {
      try {
        closed.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      throw new IOException("closed");
    }

    @Override
    public int read(byte[] into, int offset, int count) throws IOException {
      return read();
    }

    @Override
    public void close() {
      closed.countDown();
    }
  }

  private static InputStream away() throws HubException {
    throw new HubException(Kind.AWAY, "away");
  }

  private static int blocks(InputStream in) throws IOException {
    CarReader car = new CarReader(in);
    int blocks = 0;
    while (car.next() != null) {
      blocks++;
    }
    return blocks;
  }

  @Test
  void aNeighborThatIsInTimeSparesTheHub() throws Exception {
    Race.Won won =
        Race.run(
            () -> answer(2),
            () -> {
              throw new IllegalStateException("the hub is asked");
            },
            LONG);

    assertThat(won.byHub()).isFalse();
    assertThat(blocks(won.car())).isEqualTo(2);
  }

  @Test
  void whoSendsAHeaderAndNoBlockIsLetGo() throws Exception {
    Race.Won won =
        Race.run(() -> new SequenceInputStream(answer(0), new Silent()), () -> answer(3), 0);

    assertThat(won.byHub()).isTrue();
    assertThat(blocks(won.car())).isEqualTo(3);
    assertThat(closed.await(30, TimeUnit.SECONDS)).as("its connection is closed").isTrue();
  }

  @Test
  void aNeighborThatFailsEarlyIsNotWaitedFor() {
    assertThatThrownBy(() -> Race.run(RaceTest::away, () -> answer(1), LONG))
        .isInstanceOf(HubException.class);
    assertThatThrownBy(
            () ->
                Race.run(
                    () -> {
                      throw new IllegalStateException("a fault");
                    },
                    () -> answer(1),
                    LONG))
        .isInstanceOf(HubException.class);
  }

  @Test
  void withoutTheHubTheNeighborIsWaitedFor() throws Exception {
    CountDownLatch hubFailed = new CountDownLatch(1);
    Race.Won won =
        Race.run(
            () -> {
              hubFailed.await();
              return answer(1);
            },
            () -> {
              hubFailed.countDown();
              return away();
            },
            0);

    assertThat(won.byHub()).isFalse();
  }

  @Test
  void anAnswerWithoutBlocksIsAnAnswer() throws Exception {
    assertThat(blocks(Race.run(() -> answer(0), RaceTest::away, LONG).car())).isZero();
  }
}
