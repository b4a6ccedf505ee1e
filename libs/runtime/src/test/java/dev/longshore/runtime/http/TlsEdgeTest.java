package dev.longshore.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.runtime.config.AccessSettings;
import dev.longshore.runtime.config.ClientTlsSettings;
import dev.longshore.runtime.config.Listen;
import dev.longshore.runtime.config.ListenerSettings;
import dev.longshore.runtime.config.ServerTlsSettings;
import dev.longshore.runtime.tls.ClientTls;
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
import javax.net.ssl.HttpsURLConnection;
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
      Route.at("GET", "/", exchange -> exchange.send(200, Map.of(), GREETING));

  private final TestAuthority authority = new TestAuthority("Authority");
  private final Vertx vertx = EventLoops.vertx();
  @TempDir Path folder;
  private Path ca;
  private @Nullable HttpEdge edge;

  @BeforeEach
  void writeFiles() throws IOException {
    ca = authority.writeCertificate(folder.resolve("ca.pem"));
    authority.issue("edge", folder.resolve("edge.pem"), folder.resolve("edge.key"));
    authority.issue("caller", folder.resolve("caller.pem"), folder.resolve("caller.key"));
  }

  @AfterEach
  void close() throws Exception {
    if (edge != null) {
      edge.stop(Duration.ZERO);
    }
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  private void start(@Nullable Path clientCa) throws Exception {
    ServerTlsSettings tls =
        new ServerTlsSettings(folder.resolve("edge.pem"), folder.resolve("edge.key"), clientCa);
    edge =
        new HttpEdge(
            vertx,
            EdgeOptions.of(
                "test",
                new ListenerSettings(
                    new Listen("127.0.0.1", 0), new AccessSettings(null, false, tls, false))),
            List.of(GREET),
            OpenTelemetry.noop());
    edge.start();
  }

  private String get(ClientTlsSettings shown) throws IOException {
    HttpsURLConnection connection =
        (HttpsURLConnection)
            URI.create("https://localhost:" + edge.address().port() + "/").toURL().openConnection();
    connection.setConnectTimeout(10_000);
    connection.setReadTimeout(20_000);
    connection.setSSLSocketFactory(ClientTls.of(shown).context().getSocketFactory());
    try (var in = connection.getInputStream()) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private ClientTlsSettings stranger() {
    return new ClientTlsSettings(ca, null, null);
  }

  private ClientTlsSettings caller() {
    return new ClientTlsSettings(ca, folder.resolve("caller.pem"), folder.resolve("caller.key"));
  }

  @Test
  void speaksTlsWithTheCertificateOfItsSettings() throws Exception {
    start(null);

    assertThat(get(stranger())).isEqualTo("hello");
  }

  @Test
  void letsNobodyInWithoutACertificateOfTheNamedAuthority() throws Exception {
    start(ca);

    assertThat(get(caller())).isEqualTo("hello");
    assertThatThrownBy(() -> get(stranger()))
        .isInstanceOf(IOException.class)
        .hasMessageNotContaining("timed out");
    new TestAuthority("Other")
        .issue("caller", folder.resolve("caller.pem"), folder.resolve("caller.key"));
    assertThatThrownBy(() -> get(caller()))
        .isInstanceOf(IOException.class)
        .hasMessageNotContaining("timed out");
  }

  @Test
  void doesNotStartWithACertificateThatCannotBeUsed() {
    assertThatThrownBy(() -> start(folder.resolve("absent.pem")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot listen on 127.0.0.1:0")
        .hasMessageContaining("there is no file " + folder.resolve("absent.pem"));
  }
}
