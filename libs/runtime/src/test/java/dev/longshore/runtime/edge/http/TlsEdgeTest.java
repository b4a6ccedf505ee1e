package dev.longshore.runtime.edge.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.runtime.edge.rights.Scope;
import dev.longshore.runtime.service.tls.ClientTls;
import dev.longshore.runtime.service.tls.ClientTlsSettings;
import dev.longshore.runtime.testing.TlsFiles;
import dev.longshore.testing.TestAuthority;
import io.opentelemetry.api.OpenTelemetry;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class TlsEdgeTest {
  private static final byte[] GREETING = "hello".getBytes(StandardCharsets.UTF_8);
  private static final Route GREET =
      Route.at(Scope.HEALTH, "GET", "/", exchange -> exchange.send(200, Map.of(), GREETING));

  private final Vertx vertx = EventLoops.vertx();
  @TempDir Path folder;
  private TlsFiles files;
  private @Nullable HttpEdge edge;

  @BeforeEach
  void writeFiles() throws IOException {
    files = TlsFiles.write(folder);
  }

  @AfterEach
  void close() throws Exception {
    if (edge != null) {
      edge.stop(Duration.ZERO);
    }
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  private void start(@Nullable Path clientCa) throws Exception {
    edge =
        new HttpEdge(
            vertx,
            EdgeOptions.of("test", files.listener(clientCa)),
            List.of(GREET),
            OpenTelemetry.noop());
    edge.start();
  }

  private String get(ClientTlsSettings shown) throws IOException {
    return get(ClientTls.of(shown).context().getSocketFactory());
  }

  private String get(SSLSocketFactory sockets) throws IOException {
    HttpsURLConnection connection =
        (HttpsURLConnection)
            URI.create("https://localhost:" + edge.address().port() + "/").toURL().openConnection();
    connection.setConnectTimeout(10_000);
    connection.setReadTimeout(20_000);
    connection.setSSLSocketFactory(sockets);
    connection.setRequestProperty("Connection", "close");
    try (var in = connection.getInputStream()) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void speaksTlsWithTheCertificateOfItsSettings() throws Exception {
    start(null);

    assertThat(get(files.stranger())).isEqualTo("hello");
  }

  @Test
  void letsNobodyInWithoutACertificateOfTheNamedAuthority() throws Exception {
    start(files.ca());

    assertThat(get(files.caller())).isEqualTo("hello");
    assertThatThrownBy(() -> get(files.stranger()))
        .isInstanceOf(IOException.class)
        .hasMessageNotContaining("timed out");
    files.issue(new TestAuthority("Other"), "caller");
    assertThatThrownBy(() -> get(files.caller()))
        .isInstanceOf(IOException.class)
        .hasMessageNotContaining("timed out");
  }

  @Test
  void refusesACallerWhoseAuthorityWasWithdrawnThoughItsSessionIsResumed() throws Exception {
    Path callers = files.authority().writeCertificate(files.file("callers.pem"));
    start(callers);
    SSLSocketFactory caller = ClientTls.of(files.caller()).context().getSocketFactory();
    assertThat(get(caller)).isEqualTo("hello");
    assertThat(get(caller)).isEqualTo("hello");

    new TestAuthority("Next").writeCertificate(callers);
    Objects.requireNonNull(edge.tls()).look();

    assertThatThrownBy(() -> get(caller))
        .isInstanceOf(IOException.class)
        .hasMessageNotContaining("timed out");
  }

  @Test
  void doesNotStartWithACertificateThatCannotBeUsed() {
    assertThatThrownBy(() -> start(files.file("absent.pem")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot listen on 127.0.0.1:0")
        .hasMessageContaining("there is no file " + files.file("absent.pem"));
  }
}
