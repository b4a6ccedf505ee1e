package dev.longshore.oci.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.longshore.model.Digest;
import dev.longshore.model.Reference;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Kind;
import dev.longshore.oci.source.BlobStream;
import dev.longshore.oci.testing.HttpRegistryOptions;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** Connections are used again where that is safe, broken off where it is not, and never talk. */
@Timeout(30)
final class ConnectionsTest {
  private static final byte[] CONTENT = new byte[1_000];
  private static final Descriptor BLOB = Descriptor.of("application/octet-stream", CONTENT);

  private static RegistryClient client(Duration idle) {
    return new RegistryClient(
        Registries.of(), ClientSettings.defaults().withRetry(RetryPolicy.never()).withIdle(idle));
  }

  private static RegistryClient client() {
    return client(Duration.ofSeconds(5));
  }

  private static RawServer.Script sending(String head, byte[] body) {
    return out -> {
      out.write(head.replace("_", "\r\n").getBytes(StandardCharsets.US_ASCII));
      out.write(body);
      out.flush();
    };
  }

  private static byte[] read(RegistryClient client, RepositoryName name) throws IOException {
    try (BlobStream in = client.blob(name, BLOB, 0)) {
      return in.readAllBytes();
    }
  }

  @Test
  void requestsInARowShareOneConnection() throws Exception {
    try (var registry = ClientFixture.plain();
        var front = new Front(registry.server.host())) {
      RegistryClient client = client();
      RepositoryName name = front.name();

      client.resolve(Reference.tagged(name, "v1"));
      client.manifest(name, registry.root());
      try (BlobStream in = client.blob(name, registry.layer(), 0)) {
        in.readAllBytes();
      }
      assertThatThrownBy(() -> client.resolve(Reference.tagged(name, "none")))
          .hasMessageContaining("404");
      client.tags(name, "");

      assertThat(front.callers).hasSize(1);
    }
  }

  @Test
  void aConnectionThatNobodyUsesIsClosedInTime() throws Exception {
    try (var registry = ClientFixture.plain();
        var front = new Front(registry.server.host())) {
      client(Duration.ofMillis(200)).resolve(Reference.tagged(front.name(), "v1"));

      assertThat(front.ended.poll(10, TimeUnit.SECONDS)).isNotNull();
    }
  }

  @Test
  void aConnectionThatTheServerHasClosedIsNotUsedAgain() throws Exception {
    try (var registry = ClientFixture.plain();
        var front = new Front(registry.server.host())) {
      RegistryClient client = client();
      client.resolve(Reference.tagged(front.name(), "v1"));
      // Long enough ago that the client does not trust it blindly.
      RetryPause.real().pause(Duration.ofMillis(100));
      front.hangUp();

      assertThatCode(() -> client.resolve(Reference.tagged(front.name(), "v1")))
          .doesNotThrowAnyException();
    }
  }

  @Test
  void aBodyThatIsBrokenOffIsNotReadToItsEnd() throws Exception {
    Descriptor huge = new Descriptor("application/octet-stream", Digest.of(CONTENT), 1L << 40);
    var ended = new LinkedBlockingQueue<String>();
    RawServer.Script endless =
        out -> {
          sending("HTTP/1.1 200 OK_Content-Length: " + (1L << 40) + "__", CONTENT).run(out);
          flood(out, ended);
        };
    try (var server = new RawServer(endless)) {
      try (BlobStream in = client().blob(server.name(), huge, 0)) {
        assertThat(in.read()).isZero();
      }

      assertThat(ended.poll(60, TimeUnit.SECONDS)).isEqualTo("broken off");
    }
  }

  @Test
  void whatComesAfterABlobInChunksIsNotReadEither() throws Exception {
    var ended = new LinkedBlockingQueue<String>();
    RawServer.Script endless =
        out -> {
          sending("HTTP/1.1 200 OK_Transfer-Encoding: chunked__3e8_", CONTENT).run(out);
          sending("_7fffffffffff_", CONTENT).run(out);
          flood(out, ended);
        };
    try (var server = new RawServer(endless)) {
      assertThat(read(client(), server.name())).isEqualTo(CONTENT);

      assertThat(ended.poll(60, TimeUnit.SECONDS)).isEqualTo("broken off");
    }
  }

  private static void flood(OutputStream out, BlockingQueue<String> ended) {
    try {
      while (true) {
        out.write(CONTENT);
      }
    } catch (IOException e) {
      ended.add("broken off");
    }
  }

  @Test
  void aHeadWithoutEndIsNotKept() throws Exception {
    String field = "X: " + "a".repeat(1_000) + "\r\n";
    RawServer.Script endless =
        out -> {
          out.write("HTTP/1.1 200 OK\r\n".getBytes(StandardCharsets.US_ASCII));
          while (true) {
            out.write(field.getBytes(StandardCharsets.US_ASCII));
          }
        };
    try (var server = new RawServer(endless)) {
      RegistryException failure =
          catchThrowableOfType(RegistryException.class, () -> read(client(), server.name()));

      assertThat(failure.kind()).isEqualTo(Kind.TRANSIENT);
      assertThat(failure).hasMessageContaining("header count");
    }
  }

  @Test
  void aBodyThatEndsEarlyIsAFailureNotAShortAnswer() throws Exception {
    try (var server =
        new RawServer(sending("HTTP/1.1 200 OK_Content-Length: 100__", new byte[9]))) {
      RegistryException failure =
          catchThrowableOfType(
              RegistryException.class,
              () -> client().manifest(server.name(), Digest.of(new byte[9])));

      assertThat(failure.kind()).isEqualTo(Kind.TRANSIENT);
    }
  }

  @Test
  void bytesStayAsTheyAreSent() throws Exception {
    var packed = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(packed)) {
      gzip.write(CONTENT);
    }
    try (var server =
        new RawServer(
            sending(
                "HTTP/1.1 200 OK_Content-Encoding: gzip_Content-Length: " + packed.size() + "__",
                packed.toByteArray()))) {
      assertThat(client().manifest(server.name(), Digest.of(packed.toByteArray())))
          .isEqualTo(packed.toByteArray());
    }
  }

  @Test
  void aSourceOfAnotherLengthIsNotSentAsWhole() throws Exception {
    try (var registry = ClientFixture.plain()) {
      for (int size : new int[] {999, 1_001}) {
        var uploads =
            new Uploads(
                new RegistryHttp(registry.settings().withRetry(RetryPolicy.never())),
                Registries.of());
        var content = new Upload(1_000, () -> new ByteArrayInputStream(new byte[size]));

        RegistryException failure =
            catchThrowableOfType(
                RegistryException.class, () -> uploads.blob(registry.name, BLOB, content));

        assertThat(failure.kind()).isEqualTo(Kind.TRANSIENT);
        assertThat(failure).hasMessageContaining(size < 1_000 ? "fewer than" : "more than");
      }
    }
  }

  @Test
  void noLoginIsLoggedAtAnyLevel() throws Exception {
    Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
    Level before = root.getLevel();
    var lines = new ListAppender<ILoggingEvent>();
    lines.setContext(root.getLoggerContext());
    lines.start();
    root.addAppender(lines);
    root.setLevel(Level.TRACE);
    var login = new RegistryCredentials.Basic("user", "s3cret");
    try (var registry =
        new ClientFixture(
            HttpRegistryOptions.plain()
                .withLogin(
                    header ->
                        header.isEmpty() ? Optional.of("Basic realm=\"x\"") : Optional.empty()))) {
      registry.client(login).resolve(Reference.tagged(registry.name, "v1"));
    } finally {
      root.setLevel(before);
      root.detachAppender(lines);
    }

    assertThat(lines.list)
        .isNotEmpty()
        .noneSatisfy(
            line ->
                assertThat(line.getFormattedMessage())
                    .containsAnyOf("s3cret", Authorizer.basic(login)));
  }
}
