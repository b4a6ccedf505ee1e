package dev.longshore.resolver.site.neighbor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.resolver.site.neighbor.SourceSelection.Candidate;
import dev.longshore.sites.DagPresence.State;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** From where an image is taken, and that nobody waits in a circle. */
class SourceSelectionTest {
  private static final Candidate FIRST =
      new Candidate(new InetSocketAddress(InetAddress.getLoopbackAddress(), 1), "a", State.HERE);
  private static final Candidate SECOND =
      new Candidate(new InetSocketAddress(InetAddress.getLoopbackAddress(), 2), "b", State.ABSENT);

  private final SourceSelection choice = new SourceSelection();

  private Optional<Candidate> source(SourceSelection.Asking asking) throws InterruptedException {
    return choice.source(asking, Duration.ofSeconds(30));
  }

  @Test
  void oneAfterAnotherIsAskedAndTheHubAtLast() throws Exception {
    assertThat(source(() -> List.of(FIRST, SECOND))).contains(FIRST);
    assertThat(source(List::of)).as("it is chosen").contains(FIRST);
    assertThat(choice.failed()).contains(FIRST);
    assertThat(source(List::of)).contains(SECOND);
    assertThat(choice.failed()).contains(SECOND);
    assertThat(source(List::of)).isEmpty();
    assertThat(choice.isFromHub()).isTrue();
  }

  @Test
  void afterTheHubFailedNeighborsAreAskedAnew() throws Exception {
    assertThat(source(List::of)).isEmpty();
    assertThat(choice.failed()).isEmpty();

    assertThat(choice.isFromHub()).isFalse();
    assertThat(source(() -> List.of(FIRST))).contains(FIRST);
  }

  @Test
  void whoTakesItFromANeighborIsWaitedForByNobody() throws Exception {
    var _ = source(() -> List.of(FIRST));

    assertThat(choice.isAlone()).isFalse();
  }

  @Test
  void whoIsWaitedForGoesToTheHub() throws Exception {
    assertThat(choice.isAlone()).isTrue();

    assertThat(source(() -> List.of(FIRST))).isEmpty();
  }

  /** Two that ask each other at the same time: one of them or both go to the hub. */
  @Test
  void whoIsAskedWhileItStillAsksGoesToTheHub() throws Exception {
    assertThat(
            source(
                () -> {
                  assertThat(choice.isAlone()).isTrue();
                  return List.of(FIRST);
                }))
        .isEmpty();
    assertThat(choice.isFromHub()).isTrue();
  }

  @Test
  void itGoesToTheHubWithoutTheWordOfThoseWhoAreSilent() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    SourceSelection.Asking silent =
        () -> {
          never.await();
          return List.of(FIRST);
        };
    assertThat(choice.source(silent, Duration.ofMillis(1))).isEmpty();
    assertThat(choice.isFromHub()).as("their word may come yet").isFalse();

    assertThat(choice.isAlone()).isTrue();
    assertThat(choice.source(silent, Duration.ofSeconds(30)))
        .as("a neighbor relies on it")
        .isEmpty();
    never.countDown();
  }

  @Test
  void twoWhoFetchTheSameImageAskOnce() throws Exception {
    AtomicBoolean again = new AtomicBoolean();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> other = new ArrayList<>();
      var found =
          source(
              () -> {
                other.add(
                    threads.submit(
                        () ->
                            source(
                                () -> {
                                  again.set(true);
                                  return List.of();
                                })));
                return List.of(FIRST);
              });
      assertThat(found).contains(FIRST);
      assertThat(other.getFirst().get()).isEqualTo(found);
    }
    assertThat(again).isFalse();
  }
}
