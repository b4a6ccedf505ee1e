package dev.longshore.resolver.site.neighbor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.reader.LeafOrder;
import dev.longshore.model.Cid;
import dev.longshore.model.ImageDag;
import dev.longshore.model.SiteName;
import dev.longshore.runtime.edge.http.HttpEdge;
import dev.longshore.runtime.service.tls.ServerTlsSettings;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.settings.value.Listen;
import io.opentelemetry.api.OpenTelemetry;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class NeighborListenerTest {
  private static final String SECRET = "A".repeat(43);

  @TempDir Path folder;
  private final Vertx vertx = Vertx.vertx();
  private final AtomicReference<Supplier<Optional<ServerTlsSettings>>> keys =
      new AtomicReference<>(Optional::empty);

  /** Of a node that has nothing. */
  private static final class Nothing implements DagProvider {
    @Override
    public boolean has(ImageDag dag) {
      return false;
    }

    @Override
    public boolean awaitKnown(ImageDag dag) {
      return false;
    }

    @Override
    public void bring(ImageDag dag, String neighbor) {}

    @Override
    public LeafOrder order(ImageDag dag) {
      throw new AssertionError("nobody asks");
    }

    @Override
    public byte[] block(Cid cid, Deadline deadline) {
      throw new AssertionError("nobody asks");
    }
  }

  private NeighborListener listener(int port) {
    Neighborhood neighborhood =
        new Neighborhood(
            new NeighborSettings(new Listen("127.0.0.1", port), List.of("127.0.0.1:1")),
            new SiteName("shop"),
            "a",
            Optional::empty,
            NeighborTimes.USUAL,
            _ -> {});
    return new NeighborListener(
        (options, routes) -> new HttpEdge(vertx, options, routes, OpenTelemetry.noop()),
        new Listen("127.0.0.1", port),
        new NeighborRoutes(neighborhood, new Nothing()),
        () -> keys.get().get(),
        Duration.ofMillis(20));
  }

  private void giveKeys() throws Exception {
    ServerTlsSettings files = NeighborTwin.files(folder, List.of(SECRET));
    keys.set(() -> Optional.of(files));
  }

  @AfterEach
  void close() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  /** Its neighbors would take all from the hub until a restart, and nobody would know. */
  @Test
  void aPortThatIsTakenWhenTheKeysComeIsToldAndTriedAgain() throws Exception {
    NeighborListener listener;
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      listener = listener(other.getLocalPort());
      listener.start();
      assertThat(listener.trouble()).as("without keys it waits").isEmpty();

      giveKeys();

      Eventually.await("it is told", () -> listener.trouble().isPresent());
      assertThat(listener.trouble().orElseThrow())
          .contains("does not answer its neighbors", "127.0.0.1:" + other.getLocalPort());
      assertThat(listener.address()).isEmpty();
    }

    Eventually.await("it listens", () -> listener.address().isPresent());
    Eventually.await("nothing more is told", () -> listener.trouble().isEmpty());
    listener.stop(Duration.ofSeconds(1));
    assertThat(listener.trouble()).isEmpty();
  }

  @Test
  void keysThatCannotBeReadForOnceEndNoWait() throws Exception {
    NeighborListener listener = listener(0);
    listener.start();
    keys.set(
        () -> {
          throw new IllegalStateException("a key that is half written");
        });
    Eventually.await("it is told", () -> listener.trouble().isPresent());
    assertThat(listener.trouble().orElseThrow()).contains("a key that is half written");

    giveKeys();

    Eventually.await("it listens", () -> listener.address().isPresent());
    listener.stop(Duration.ofSeconds(1));
  }
}
