package dev.longshore.runtime.edge.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.runtime.edge.rights.Scope;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests with large bodies that wait for something: their number is limited by their size. */
@Timeout(60)
class HeldBodiesTest {
  private static final int MIB = 1 << 20;

  /** What one caller may hold, in MiB. */
  private static final int HELD = 12;

  private final CountDownLatch entered = new CountDownLatch(HELD);
  private final CountDownLatch go = new CountDownLatch(1);
  private final Route waiting =
      Route.at(
          Scope.HEALTH,
          "POST",
          "/waits",
          exchange -> {
            entered.countDown();
            go.await();
            exchange.send(200, Map.of(), new byte[0]);
          });

  @Test
  void bodiesThatWouldTakeAllMemoryAreToldToComeBack() throws Exception {
    try (RunningEdge edge = RunningEdge.serving(waiting)) {
      List<CompletableFuture<Integer>> held =
          IntStream.range(0, HELD)
              .mapToObj(
                  _ ->
                      CompletableFuture.supplyAsync(
                          () -> post(edge, MIB), Thread::startVirtualThread))
              .toList();
      assertThat(entered.await(30, TimeUnit.SECONDS)).isTrue();

      HttpURLConnection further = edge.open("/waits");
      send(further, 100);
      assertThat(further.getResponseCode()).isEqualTo(503);
      assertThat(further.getHeaderField("Retry-After")).isEqualTo("1");
      assertThat(RunningEdge.body(further)).contains("BUSY");
      assertThat(edge.metrics.render()).contains("longshore_http_refused_total{edge=\"test\"} 1");

      go.countDown();
      for (CompletableFuture<Integer> one : held) {
        assertThat(one.get(30, TimeUnit.SECONDS)).isEqualTo(200);
      }
      // Its room is free again a moment after its answer has arrived.
      int status = 503;
      while (status == 503) {
        status = post(edge, 100);
      }
      assertThat(status).isEqualTo(200);
    }
  }

  private static int post(RunningEdge edge, int bytes) {
    try {
      HttpURLConnection connection = edge.open("/waits");
      send(connection, bytes);
      return connection.getResponseCode();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void send(HttpURLConnection connection, int bytes) throws IOException {
    connection.setDoOutput(true);
    connection.setFixedLengthStreamingMode(bytes);
    connection.getOutputStream().write(new byte[bytes]);
  }
}
