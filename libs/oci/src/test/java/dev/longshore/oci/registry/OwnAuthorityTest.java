package dev.longshore.oci.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.longshore.oci.Reference;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Kind;
import dev.longshore.oci.RepositoryName;
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

  private static RegistryException failure(RegistryConfig config, Reference reference) {
    return catchThrowableOfType(RegistryException.class, () -> client(config).resolve(reference));
  }

  private static RegistryClient client(RegistryConfig config) {
    return new RegistryClient(
        Registries.of(List.of(config)), ClientSettings.defaults().withRetry(RetryPolicy.never()));
  }
}
