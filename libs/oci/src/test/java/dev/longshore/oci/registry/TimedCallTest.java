package dev.longshore.oci.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.longshore.model.Digest;
import dev.longshore.model.Reference;
import dev.longshore.model.RegistryHost;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Kind;
import dev.longshore.oci.source.BlobStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Servers that are slow on purpose hold nobody: each case ends long before the test's own limit.
 */
final class TimedCallTest {
  private static final Duration SHORT = Duration.ofMillis(400);
  private static final Descriptor BLOB =
      new Descriptor("application/octet-stream", Digest.of(new byte[1_000_000]), 1_000_000);

  private static RegistryClient client() {
    return new RegistryClient(
        Registries.of(),
        ClientSettings.defaults().withTimeouts(SHORT, SHORT, SHORT).withRetry(RetryPolicy.never()));
  }

  /** Runs on a virtual thread, as the services do; fails if it takes more than 15 s. */
  private static RegistryException failure(java.util.concurrent.Callable<?> call)
      throws InterruptedException {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> future = threads.submit(call);
      ExecutionException e =
          catchThrowableOfType(ExecutionException.class, () -> future.get(15, TimeUnit.SECONDS));
      assertThat(e).isNotNull();
      assertThat(e.getCause()).isInstanceOf(RegistryException.class);
      return (RegistryException) e.getCause();
    }
  }

  private static RegistryException readBlob(RawServer server) throws InterruptedException {
    return failure(
        () -> {
          try (BlobStream in = client().blob(server.name(), BLOB, 0)) {
            return in.readAllBytes();
          }
        });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | nothing at all",
        "HTTP/1.1 200 OK_ | a head that does not end",
        "HTTP/1.1 200 OK_Content-Length: 1000000__ | no body"
      })
  void aServerThatFallsSilentIsGivenUp(String head, String what) throws Exception {
    String sent = head.replace("_", "\r\n");
    try (var server = new RawServer(RawServer.silent(sent))) {
      RegistryException failure = readBlob(server);

      assertThat(failure.kind()).as(what).isEqualTo(Kind.TRANSIENT);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "HTTP/1.1 200 OK_X: | a",
        "HTTP/1.1 200 OK_Content-Length: 1000000__ | a",
        "HTTP/1.1 200 OK_Transfer-Encoding: chunked__10;x= | a"
      })
  void aServerThatDripsIsGivenUp(String head, String drop) throws Exception {
    try (var server = new RawServer(RawServer.dripping(head.replace("_", "\r\n"), drop))) {
      RegistryException failure = readBlob(server);

      assertThat(failure.kind()).isEqualTo(Kind.TRANSIENT);
    }
  }

  @Test
  void aDrippedManifestIsGivenUpAfterTheWholeTime() throws Exception {
    var script = RawServer.dripping("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", "a");
    try (var server = new RawServer(script)) {
      RegistryException failure =
          failure(() -> client().manifest(server.name(), Digest.of(new byte[1])));

      assertThat(failure.kind()).isEqualTo(Kind.TRANSIENT);
      assertThat(failure).hasMessageContaining("0.4 s");
    }
  }

  @Test
  void anAnswerThatIsNotHttpIsAPassingFailure() throws Exception {
    RawServer.Script greeting =
        out -> out.write("220 mail ready\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    try (var server = new RawServer(greeting)) {
      assertThat(readBlob(server).kind()).isEqualTo(Kind.TRANSIENT);
    }
  }

  @Test
  void aRegistryThatIsAwayIsAPassingFailure() throws Exception {
    int port;
    try (var closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = closed.getLocalPort();
    }
    var name = new RepositoryName(new RegistryHost("localhost:" + port), "a");

    RegistryException failure = failure(() -> client().resolve(Reference.tagged(name, "v1")));

    assertThat(failure.kind()).isEqualTo(Kind.TRANSIENT);
    assertThat(failure).hasMessageContaining("no connection").hasMessageContaining(name + ":v1");
  }

  @Test
  void anInterruptedReaderStopsAndKeepsItsFlag() throws IOException, InterruptedException {
    var settings =
        ClientSettings.defaults()
            .withTimeouts(Duration.ofSeconds(30), Duration.ofSeconds(30), Duration.ofSeconds(30));
    var client = new RegistryClient(Registries.of(), settings);
    var started = new java.util.concurrent.CountDownLatch(1);
    var kinds = new java.util.concurrent.LinkedBlockingQueue<Kind>();
    RawServer.Script script =
        out -> {
          started.countDown();
          RawServer.silent("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n").run(out);
        };
    try (var server = new RawServer(script)) {
      Thread reader =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try (BlobStream in = client.blob(server.name(), BLOB, 0)) {
                      in.readAllBytes();
                    } catch (RegistryException e) {
                      kinds.add(Thread.currentThread().isInterrupted() ? e.kind() : Kind.LIMIT);
                    } catch (IOException e) {
                      kinds.add(Kind.UNSUPPORTED);
                    }
                  });
      assertThat(started.await(10, TimeUnit.SECONDS)).isTrue();
      reader.interrupt();

      assertThat(kinds.poll(10, TimeUnit.SECONDS)).isEqualTo(Kind.INTERRUPTED);
    }
  }
}
