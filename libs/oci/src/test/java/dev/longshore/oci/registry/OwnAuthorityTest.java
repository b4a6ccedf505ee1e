package dev.longshore.oci.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.longshore.model.Reference;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Kind;
import dev.longshore.oci.testing.HttpRegistry;
import dev.longshore.oci.testing.HttpRegistryOptions;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.TestAuthority;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;

/** TLS with a certificate that no authority of the Java runtime signed. */
final class OwnAuthorityTest {
  @Test
  void aRegistryOfAnOwnAuthorityIsReachedWithItsCertificateAlone() throws Exception {
    TestAuthority authority = new TestAuthority("Authority");
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(authority.server()));
    try (var registry =
        HttpRegistry.start(new InMemoryRegistry(), HttpRegistryOptions.plain(), server)) {
      RepositoryName name = registry.name("app");
      RandomImage image = RandomImage.of(1);
      registry.content().push(name, "v1", image);
      RegistryConfig config =
          RegistryConfig.of(registry.host()).withEndpoint(URI.create("https://" + registry.host()));
      Reference reference = Reference.tagged(name, "v1");

      assertThat(client(config.withTls(authority.believing())).resolve(reference).digest())
          .hasToString(image.rootDigest());
      assertThat(failure(config, reference).kind()).isEqualTo(Kind.TRANSIENT);
      assertThat(failure(config, reference)).hasMessageContaining("TLS");
    }
  }

  @Test
  void aCertificateIsOfTheNameAndNotOfTheAddressThatIsConnected() throws Exception {
    try (var server = new NamedServer("registry.test");
        var internet = new Internet()) {
      internet.name("registry.test", "203.0.113.1");
      internet.name("other.test", "203.0.113.1");
      internet.serve("203.0.113.1", server.port());

      assertThat(server.tags(internet, "registry.test")).containsExactly("v1");
      assertThat(server.hosts).containsExactly("registry.test:" + server.port());
      assertThat(server.indicated).containsExactly("registry.test");
      assertThat(internet.called).containsExactly("203.0.113.1");

      RegistryException failure =
          catchThrowableOfType(RegistryException.class, () -> server.tags(internet, "other.test"));
      assertThat(failure).hasMessageContaining("TLS");
      assertThat(server.hosts).hasSize(1);
    }
  }

  @Test
  void anHttpProxyLooksNamesUpItselfAndAddressesAreJudgedAllTheSame() throws Exception {
    try (var server = new NamedServer("registry.test");
        var internet = new Internet()) {
      internet.becomeHttpProxy();

      assertThat(server.tags(internet, "registry.test")).containsExactly("v1");
      assertThat(server.indicated).containsExactly("registry.test");
      assertThat(internet.called).containsExactly("registry.test:" + server.port());
      assertThat(internet.lookedUp).isEmpty();

      server.redirect = "https://10.0.0.1:" + server.port() + "/v2/";
      RegistryException failure =
          catchThrowableOfType(
              RegistryException.class, () -> server.tags(internet, "registry.test"));
      assertThat(failure.kind()).isEqualTo(Kind.UNSUPPORTED);
      assertThat(internet.called).allSatisfy(called -> assertThat(called).startsWith("registry"));
    }
  }

  private static RegistryException failure(RegistryConfig config, Reference reference) {
    return catchThrowableOfType(RegistryException.class, () -> client(config).resolve(reference));
  }

  private static RegistryClient client(RegistryConfig config) {
    return new RegistryClient(
        Registries.of(List.of(config)), ClientSettings.defaults().withRetry(RetryPolicy.never()));
  }
}
