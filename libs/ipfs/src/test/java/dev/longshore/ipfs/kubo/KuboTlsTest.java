package dev.longshore.ipfs.kubo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.testing.TestAuthority;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** RPC over TLS, with a certificate for 127.0.0.1 alone. */
@Timeout(60)
class KuboTlsTest {
  private static final String ID =
      "{\"ID\":\"12D3KooWtls\",\"Addresses\":[],\"AgentVersion\":\"x\"}";

  private static SSLContext before;
  private static SSLContext trusting;
  private static SSLServerSocket server;
  private static final AtomicInteger refusals = new AtomicInteger();

  @BeforeAll
  static void serve() throws Exception {
    before = SSLContext.getDefault();
    TestAuthority authority = new TestAuthority("Authority");
    trusting = authority.believing();
    server =
        (SSLServerSocket)
            authority
                .server("127.0.0.1")
                .getServerSocketFactory()
                .createServerSocket(0, 10, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(KuboTlsTest::answer);
  }

  @AfterAll
  static void stop() throws IOException {
    SSLContext.setDefault(before);
    server.close();
  }

  private static void answer() {
    while (!server.isClosed()) {
      try (Socket connection = server.accept()) {
        InputStream in = connection.getInputStream();
        StringBuilder head = new StringBuilder();
        for (int b = in.read(); b >= 0 && head.indexOf("\r\n\r\n") < 0; ) {
          head.append((char) b);
          b = head.indexOf("\r\n\r\n") < 0 ? in.read() : b;
        }
        connection
            .getOutputStream()
            .write(ScriptedServer.json(200, ID).getBytes(StandardCharsets.UTF_8));
      } catch (IOException refused) {
        refusals.incrementAndGet();
      }
    }
  }

  private static KuboClient client(String host) {
    URI uri = URI.create("https://" + host + ":" + server.getLocalPort());
    return new KuboClient(new KuboAddress("secure", uri, uri, new RpcCredential.None()));
  }

  private static Deadline soon() {
    return Deadline.after(Duration.ofSeconds(20));
  }

  @Test
  void speaksToANodeWhoseCertificateIsTrusted() throws KuboException {
    SSLContext.setDefault(trusting);

    assertThat(client("127.0.0.1").id(soon()).peerId()).isEqualTo("12D3KooWtls");
  }

  @Test
  void speaksToANodeWhoseCertificateItsAddressTrusts() throws KuboException {
    SSLContext.setDefault(before);
    URI uri = URI.create("https://127.0.0.1:" + server.getLocalPort());
    KuboAddress address =
        new KuboAddress("secure", uri, uri, new RpcCredential.None(), trusting.getSocketFactory());

    assertThat(new KuboClient(address).id(soon()).peerId()).isEqualTo("12D3KooWtls");
  }

  @Test
  void refusesACertificateOfAnotherName() {
    SSLContext.setDefault(trusting);

    KuboException e =
        catchThrowableOfType(KuboException.class, () -> client("localhost").id(soon()));
    assertThat(e.fault()).isEqualTo(Fault.FAILED);
    assertThat(e).hasMessageContaining("SSLHandshakeException");
  }

  @Test
  void refusesACertificateThatNobodyTrusts() {
    SSLContext.setDefault(before);

    KuboException e =
        catchThrowableOfType(KuboException.class, () -> client("127.0.0.1").id(soon()));
    assertThat(e.fault()).isEqualTo(Fault.FAILED);
    assertThat(e).hasMessageContaining("SSLHandshakeException");
  }
}
