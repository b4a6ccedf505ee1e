package dev.longshore.runtime.service.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.runtime.testing.TlsFiles;
import dev.longshore.testing.TestAuthority;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class TlsTest {
  @TempDir Path folder;
  private TlsFiles files;
  private TestAuthority authority;
  private Path ca;
  private volatile SSLSession lastServed;

  @BeforeEach
  void writeFiles() throws IOException {
    files = TlsFiles.write(folder);
    authority = files.authority();
    ca = files.ca();
  }

  private Path file(String name) {
    return files.file(name);
  }

  private ServerTls server(@Nullable Path clientCa) {
    return ServerTls.of(files.server(clientCa));
  }

  private ClientTls believing(Path authorities) {
    return ClientTls.of(new ClientTlsSettings(authorities, null, null));
  }

  private ClientTls known() {
    return ClientTls.of(files.caller());
  }

  /** Connects once; returns the name that the server showed. */
  private String connect(ServerTls server, ClientTls client)
      throws IOException, GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(
        new KeyManager[] {server.identity()},
        server.callers().map(callers -> new TrustManager[] {callers}).orElse(null),
        null);
    InetAddress loopback = InetAddress.getLoopbackAddress();
    try (SSLServerSocket listening =
        (SSLServerSocket) context.getServerSocketFactory().createServerSocket(0, 1, loopback)) {
      listening.setNeedClientAuth(server.callers().isPresent());
      CompletableFuture<Void> served = new CompletableFuture<>();
      Thread.ofPlatform().daemon().start(() -> serveOne(listening, served));
      try (SSLSocket socket =
          (SSLSocket)
              client
                  .context()
                  .getSocketFactory()
                  .createSocket("localhost", listening.getLocalPort())) {
        socket.setSoTimeout(20_000);
        socket.startHandshake();
        // TLS 1.3 tells only with the first byte that it does not like the client's certificate.
        assertThat(socket.getInputStream().read()).isEqualTo('y');
        X509Certificate shown = (X509Certificate) socket.getSession().getPeerCertificates()[0];
        return shown.getSubjectX500Principal().getName();
      } finally {
        served.completeOnTimeout(null, 20, TimeUnit.SECONDS).join();
      }
    }
  }

  private void serveOne(SSLServerSocket listening, CompletableFuture<Void> served) {
    try (SSLSocket socket = (SSLSocket) listening.accept()) {
      socket.setSoTimeout(20_000);
      lastServed = socket.getSession();
      socket.getOutputStream().write('y');
      socket.getOutputStream().flush();
      socket.shutdownOutput();
    } catch (IOException refused) {
      // The client tells what it saw of it.
    } finally {
      served.complete(null);
    }
  }

  @Test
  void clientBelievesTheAuthorityOfItsFileAndNoOther() throws Exception {
    assertThat(connect(server(null), believing(ca))).isEqualTo("CN=server");

    Path other = new TestAuthority("Other").writeCertificate(file("other.pem"));
    assertThatThrownBy(() -> connect(server(null), believing(other)))
        .isInstanceOf(SSLException.class);
  }

  @Test
  void clientDoesNotTakeOneMachineForAnother() throws Exception {
    authority.issueElsewhere("registry.example", file("server.pem"), file("server.key"));

    assertThatThrownBy(() -> connect(server(null), believing(ca)))
        .isInstanceOf(SSLException.class)
        .hasMessageContaining("localhost");
  }

  @Test
  void whatCouldNotBeReadIsTriedAgainWithoutAnotherChange() throws Exception {
    ServerTls server = server(null);
    authority.issue("renewed", file("later.pem"), file("server.key"));
    server.look();
    // The change of the key was seen, and did not fit the certificate; now only that one changes.
    Files.move(file("later.pem"), file("server.pem"), StandardCopyOption.REPLACE_EXISTING);
    server.look();

    assertThat(connect(server, believing(ca))).isEqualTo("CN=renewed");
  }

  @Test
  void callersNeedACertificateOfTheNamedAuthority() throws Exception {
    assertThat(connect(server(ca), known())).isEqualTo("CN=server");

    assertThatThrownBy(() -> connect(server(ca), believing(ca))).isInstanceOf(IOException.class);
    files.issue(new TestAuthority("Other"), "caller");
    assertThatThrownBy(() -> connect(server(ca), known())).isInstanceOf(IOException.class);
  }

  @Test
  void callerWhoseAuthorityWasWithdrawnIsNotBelievedThoughItsSessionIsResumed() throws Exception {
    ServerTls server = server(ca);
    connect(server, known());
    SSLSession session = lastServed;
    assertThat(server.believes(session)).isTrue();

    new TestAuthority("Next").writeCertificate(ca);
    server.look();

    assertThat(server.believes(session)).isFalse();
  }

  @Test
  void renewedCertificateIsShownWithoutARestart() throws Exception {
    ServerTls server = server(null);
    ClientTls client = believing(ca);
    assertThat(connect(server, client)).isEqualTo("CN=server");

    authority.issue("renewed", file("server.pem"), file("server.key"));
    server.look();

    assertThat(connect(server, client)).isEqualTo("CN=renewed");
  }

  @Test
  void newAuthorityIsBelievedWithoutARestart() throws Exception {
    TestAuthority next = new TestAuthority("Next");
    ClientTls client = believing(ca);
    files.issue(next, "server");
    assertThatThrownBy(() -> connect(server(null), client)).isInstanceOf(SSLException.class);

    next.writeCertificate(ca);
    client.look();

    assertThat(connect(server(null), client)).isEqualTo("CN=server");
  }

  @Test
  void certificateWhoseKeyIsNotWrittenYetIsNotTaken() throws Exception {
    ServerTls server = server(null);
    authority.issue("renewed", file("server.pem"), file("later.key"));
    server.look();
    assertThat(connect(server, believing(ca))).isEqualTo("CN=server");

    Files.move(file("later.key"), file("server.key"), StandardCopyOption.REPLACE_EXISTING);
    server.look();

    assertThat(connect(server, believing(ca))).isEqualTo("CN=renewed");
  }

  @Test
  void filesThatCannotBeUsedAreNamedWithTheReason() throws Exception {
    assertThatThrownBy(
            () -> ServerTls.of(new ServerTlsSettings(file("absent.pem"), file("server.key"), null)))
        .isInstanceOf(TlsException.class)
        .hasMessageContaining("there is no file " + file("absent.pem"));
    assertThatThrownBy(
            () -> ServerTls.of(new ServerTlsSettings(file("server.pem"), file("caller.key"), null)))
        .isInstanceOf(TlsException.class)
        .hasMessageContaining("the key is not the certificate's");
    assertThatThrownBy(
            () -> ServerTls.of(new ServerTlsSettings(file("server.pem"), file("server.pem"), null)))
        .isInstanceOf(TlsException.class)
        .hasMessageContaining("server.pem")
        .hasMessageContaining("PKCS #8");
    Path text = Files.writeString(file("text.pem"), "no certificate");
    assertThatThrownBy(() -> believing(text))
        .isInstanceOf(TlsException.class)
        .hasMessageContaining("text.pem");
  }
}
