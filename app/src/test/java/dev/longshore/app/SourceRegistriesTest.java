package dev.longshore.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import dev.longshore.model.Reference;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.registry.ClientSettings;
import dev.longshore.oci.registry.RegistryClient;
import dev.longshore.oci.registry.RetryPolicy;
import dev.longshore.oci.testing.HttpRegistry;
import dev.longshore.oci.testing.HttpRegistryOptions;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.runtime.config.LoginSettings;
import dev.longshore.runtime.config.NotificationSettings;
import dev.longshore.runtime.config.RegistrySettings;
import dev.longshore.runtime.service.tls.ClientTlsSettings;
import dev.longshore.runtime.service.tls.ServerTls;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.runtime.testing.TlsFiles;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.TestAuthority;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A registry that asks for a certificate, read with files that change under a client. */
@Timeout(120)
class SourceRegistriesTest {
  @TempDir Path folder;
  private TlsFiles registrys;
  private Path believed;
  private Path certificate;
  private Path key;
  private HttpRegistry registry;
  private RegistryClient client;
  private Reference image;

  @BeforeEach
  void start() throws Exception {
    registrys = TlsFiles.write(Files.createDirectory(folder.resolve("registry")));
    believed = folder.resolve("ca.pem");
    certificate = folder.resolve("own.pem");
    key = folder.resolve("own.key");
    // Of somebody else, to begin with.
    TestAuthority other = new TestAuthority("Other");
    other.writeCertificate(believed);
    other.issue("longshore", certificate, key);
    registry =
        HttpRegistry.start(new InMemoryRegistry(), HttpRegistryOptions.plain(), askingServer());
    registry.content().push(registry.name("app"), "v1", RandomImage.of(1));
    image = Reference.tagged(registry.name("app"), "v1");
    RegistrySettings settings =
        new RegistrySettings(
            "closed",
            registry.host().value(),
            URI.create("https://" + registry.host()),
            false,
            List.of(),
            null,
            null,
            new ClientTlsSettings(believed, certificate, key));
    client =
        new RegistryClient(
            SourceRegistries.of(List.of(settings)),
            ClientSettings.defaults().withRetry(RetryPolicy.never()));
  }

  @AfterEach
  void stop() {
    registry.close();
  }

  private HttpsServer askingServer() throws Exception {
    ServerTls tls = ServerTls.of(registrys.server(registrys.ca()));
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(
        new KeyManager[] {tls.identity()}, new TrustManager[] {tls.callers().orElseThrow()}, null);
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(
        new HttpsConfigurator(context) {
          @Override
          public void configure(HttpsParameters parameters) {
            SSLParameters asking = getSSLContext().getDefaultSSLParameters();
            asking.setNeedClientAuth(true);
            parameters.setSSLParameters(asking);
          }
        });
    return server;
  }

  @Test
  void authorityAndCertificateAreReadAgainWithoutANewClient() throws Exception {
    assertThat(failure()).hasMessageContaining("TLS");
    assertThat(failure().kind()).isEqualTo(RegistryException.Kind.TRANSIENT);

    registrys.authority().writeCertificate(believed);
    registrys.authority().issue("longshore", certificate, key);

    Eventually.await("the registry believes and is believed", this::resolves);
  }

  @Test
  void aFileOfContainerdSaysWhomToTrustAndIsReadAgain() throws Exception {
    registrys.authority().writeCertificate(folder.resolve("right-ca.pem"));
    registrys.authority().issue("longshore", folder.resolve("right.pem"), folder.resolve("r.key"));
    Path hosts = hosts("ca.pem", "own.pem", "own.key");
    RegistrySettings settings =
        new RegistrySettings(
            "closed",
            registry.host().value(),
            URI.create("https://" + registry.host()),
            false,
            List.of(),
            new LoginSettings(null, null, null, null, hosts, null, List.of()),
            null,
            null,
            NotificationSettings.USUAL);
    client =
        new RegistryClient(
            SourceRegistries.of(List.of(settings)),
            ClientSettings.defaults().withRetry(RetryPolicy.never()));
    assertThat(failure()).hasMessageContaining("TLS");

    hosts("right-ca.pem", "right.pem", "r.key");

    assertThat(resolves()).isTrue();
  }

  private Path hosts(String ca, String certificate, String key) throws Exception {
    return Files.writeString(
        folder.resolve("hosts.toml"),
        "[host.\"https://%s\"]\nca = \"%s\"\nclient = [[\"%s\", \"%s\"]]\n"
            .formatted(registry.host(), ca, certificate, key));
  }

  private RegistryException failure() {
    return catchThrowableOfType(RegistryException.class, () -> client.resolve(image));
  }

  private boolean resolves() {
    try {
      return client.resolve(image).digest().toString().equals(RandomImage.of(1).rootDigest());
    } catch (RegistryException e) {
      return false;
    }
  }
}
