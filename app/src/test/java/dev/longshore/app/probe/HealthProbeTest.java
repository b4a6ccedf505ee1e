package dev.longshore.app.probe;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.longshore.runtime.service.tls.ServerTls;
import dev.longshore.runtime.service.tls.ServerTlsSettings;
import dev.longshore.testing.TestAuthority;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HealthProbeTest {
  @TempDir Path folder;
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private final AtomicReference<@Nullable String> shown = new AtomicReference<>();
  private HttpServer server;
  private volatile int status = 200;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          shown.set(exchange.getRequestHeaders().getFirst("Authorization"));
          byte[] body = "{\"status\":\"of the test\"}".getBytes(UTF_8);
          exchange.sendResponseHeaders(status, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private boolean ready(@Nullable Path tokenFile) {
    String address = "http://127.0.0.1:" + server.getAddress().getPort() + "/health/ready";
    return HealthProbe.ready(
        address,
        tokenFile == null ? null : tokenFile.toString(),
        null,
        new PrintStream(said, true, UTF_8));
  }

  @Test
  void saysWhatTheServiceSaid() {
    assertThat(ready(null)).isTrue();
    status = 503;
    assertThat(ready(null)).isFalse();
    assertThat(said.toString(UTF_8).lines())
        .hasSize(2)
        .allMatch("{\"status\":\"of the test\"}"::equals);
    assertThat(shown.get()).isNull();
  }

  @Test
  void showsTheTokenThatTheListenerAsksFor() throws Exception {
    Path token = Files.writeString(folder.resolve("token"), "abc\n");

    assertThat(ready(token)).isTrue();
    assertThat(shown.get()).isEqualTo("Bearer abc");
  }

  @Test
  void believesTheServicesOwnCertificateAndNoOther() throws Exception {
    Path certificate = folder.resolve("own.pem");
    TestAuthority authority = new TestAuthority("Authority");
    authority.issueElsewhere("longshore.example", certificate, folder.resolve("own.key"));
    Path other = new TestAuthority("Other").writeCertificate(folder.resolve("other.pem"));
    ServerTls tls =
        ServerTls.of(new ServerTlsSettings(certificate, folder.resolve("own.key"), null));
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(new KeyManager[] {tls.identity()}, null, null);
    HttpsServer secure =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    secure.setHttpsConfigurator(new HttpsConfigurator(context));
    secure.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    secure.start();
    try {
      String address = "https://127.0.0.1:" + secure.getAddress().getPort() + "/health/ready";
      PrintStream out = new PrintStream(said, true, UTF_8);
      assertThat(HealthProbe.ready(address, null, certificate.toString(), out)).isTrue();
      assertThat(HealthProbe.ready(address, null, other.toString(), out)).isFalse();
      assertThat(HealthProbe.ready(address, null, null, out)).isFalse();
    } finally {
      secure.stop(0);
    }
  }

  @Test
  void isNotReadyWhileNobodyListens() {
    server.stop(0);

    assertThat(ready(null)).isFalse();
    assertThat(said.toString(UTF_8)).contains("/health/ready: ");
  }
}
