package dev.longshore.app.ops;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.catalog.testing.Samples;
import dev.longshore.runtime.edge.http.ChunkSource;
import dev.longshore.runtime.edge.http.ChunkSource.Chunk;
import dev.longshore.testing.ManualClock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class LiveStreamsTest {
  private static final Duration LONG = Duration.ofMinutes(10);
  private final ManualClock clock = new ManualClock(Samples.NOW);

  private LiveStreams streams(Duration gap, Duration beat, Duration whole) {
    return new LiveStreams(new LiveStreams.Times(gap, beat, whole), "abc", clock);
  }

  private static String text(Chunk chunk) {
    return chunk == null ? "the end" : UTF_8.decode(chunk.bytes().duplicate()).toString();
  }

  private static String next(ChunkSource stream) throws Exception {
    return text(stream.next());
  }

  @Test
  void itGreetsWithTheVersionAndTellsOfAChangeAtOnce() throws Exception {
    LiveStreams live = streams(Duration.ZERO, LONG, LONG);
    ChunkSource stream = live.open();
    assertThat(next(stream)).isEqualTo("event: hello\ndata: {\"version\":\"abc\"}\n\n");
    CompletableFuture<String> told =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return next(stream);
              } catch (Exception e) {
                return e.toString();
              }
            });
    live.changed();
    assertThat(told.get()).isEqualTo("event: change\ndata: {\"at\":\"" + Samples.NOW + "\"}\n\n");
  }

  @Test
  void howeverMuchChangesWhileAReaderIsSlowIsOneEvent() throws Exception {
    LiveStreams live = streams(Duration.ZERO, Duration.ofMillis(20), LONG);
    ChunkSource stream = live.open();
    next(stream);
    for (int i = 0; i < 100_000; i++) {
      live.changed();
    }
    assertThat(next(stream)).startsWith("event: change\n");
    assertThat(next(stream)).as("nothing was kept for it").startsWith("event: beat\n");
  }

  @Test
  void changesThatFollowEachOtherAreToldTogether() throws Exception {
    LiveStreams live = streams(Duration.ofMillis(200), LONG, LONG);
    ChunkSource stream = live.open();
    next(stream);
    live.changed();
    long from = System.nanoTime();
    assertThat(next(stream)).startsWith("event: change\n");
    assertThat(Duration.ofNanos(System.nanoTime() - from)).isGreaterThan(Duration.ofMillis(150));
  }

  @Test
  void reportsOfManySitesAreOneEventInABeatAndTheNextBeatShowsTheRest() throws Exception {
    LiveStreams live = streams(Duration.ZERO, Duration.ofMillis(300), LONG);
    ChunkSource stream = live.open();
    next(stream);
    live.reported();
    assertThat(next(stream)).as("the first one is seen at once").startsWith("event: change\n");
    for (int i = 0; i < 200; i++) {
      live.reported();
    }
    assertThat(next(stream)).startsWith("event: beat\n");
    live.changed();
    assertThat(next(stream)).as("all else is, too").startsWith("event: change\n");
  }

  @Test
  void aStreamEndsWhenItsTimeIsOverAndWhenTheProcessStops() throws Exception {
    LiveStreams live = streams(Duration.ZERO, LONG, Duration.ofMillis(50));
    ChunkSource stream = live.open();
    next(stream);
    assertThat(next(stream)).isEqualTo("the end");

    LiveStreams other = streams(Duration.ZERO, LONG, LONG);
    ChunkSource waiting = other.open();
    next(waiting);
    CompletableFuture<String> end =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return next(waiting);
              } catch (Exception e) {
                return e.toString();
              }
            });
    other.stop(Duration.ZERO);
    assertThat(end.get()).isEqualTo("the end");
    assertThat(next(other.open())).isEqualTo("the end");
  }
}
