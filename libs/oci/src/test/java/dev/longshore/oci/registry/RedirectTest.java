package dev.longshore.oci.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpServer;
import dev.longshore.model.Digest;
import dev.longshore.model.RegistryHost;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Kind;
import dev.longshore.oci.source.BlobStream;
import dev.longshore.oci.testing.Fault;
import dev.longshore.oci.testing.HttpRegistryOptions;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A registry that redirects blobs to a storage on another port. */
final class RedirectTest {
  private static final RegistryCredentials.Basic USER =
      new RegistryCredentials.Basic("user", "s3cret");

  private ClientFixture storage;
  private ClientFixture registry;

  @BeforeEach
  void start() throws Exception {
    storage = ClientFixture.plain();
    HttpRegistryOptions.Login login =
        header -> header.isEmpty() ? Optional.of("Basic realm=\"x\"") : Optional.empty();
    registry =
        new ClientFixture(
            HttpRegistryOptions.plain()
                .withLogin(login)
                .withBlobsAt("http://" + storage.server.host()));
  }

  @AfterEach
  void stop() {
    registry.close();
    storage.close();
  }

  @Test
  void theBlobComesFromTheStorageWithoutTheLogin() throws Exception {
    try (BlobStream in = registry.client(USER).blob(registry.name, registry.layer(), 0)) {
      assertThat(Digest.of(in.readAllBytes())).isEqualTo(registry.layer().digest());
    }

    assertThat(registry.server.requests().getLast().authorization()).startsWith("Basic ");
    assertThat(storage.server.requests())
        .singleElement()
        .satisfies(r -> assertThat(r.authorization()).isEmpty());
  }

  @Test
  void aRangeGoesWithTheRedirect() throws Exception {
    try (BlobStream in = registry.client(USER).blob(registry.name, registry.layer(), 9)) {
      assertThat(in.readAllBytes()).hasSize((int) registry.layer().size() - 9);
    }

    assertThat(storage.server.requests().getFirst().range()).isEqualTo("bytes=9-");
  }

  @Test
  void aStorageThatRefusesIsAskedForAgainAndItsSignatureIsNotShown() {
    storage
        .server
        .content()
        .faults()
        .always(registry.layer().digest().toString(), new Fault.Status(403));

    RegistryException failure =
        catchThrowableOfType(
            RegistryException.class,
            () -> registry.client(USER).blob(registry.name, registry.layer(), 0));

    assertThat(failure.kind()).isEqualTo(Kind.TRANSIENT);
    assertThat(failure)
        .hasMessageContaining(storage.server.host().toString())
        .hasMessageNotContaining("signature");
    assertThat(storage.server.requests()).hasSize(4);
  }

  @Test
  void aSignedAddressIsCalledAsItIsWritten() throws Exception {
    String signed = "/b//c%2Fd;v=1~/e%20f?X-Sig=a%2Bb%3D&plus=a+b&c=%E2%82%AC";
    var asked = new AtomicReference<String>();
    var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    HttpServer server = HttpServer.create(address, 0);
    server.createContext(
        "/",
        exchange -> {
          boolean first = exchange.getRequestURI().getPath().startsWith("/v2/");
          if (first) {
            exchange.getResponseHeaders().set("Location", signed);
          } else {
            asked.set(exchange.getRequestURI().toString());
          }
          exchange.sendResponseHeaders(first ? 307 : 404, -1);
          exchange.close();
        });
    server.start();
    var host = new RegistryHost("localhost:" + server.getAddress().getPort());

    RegistryException failure =
        catchThrowableOfType(
            RegistryException.class,
            () ->
                registry
                    .client(RegistryConfig.of(host))
                    .blob(new RepositoryName(host, "a"), registry.layer(), 0));
    server.stop(0);

    assertThat(failure.kind()).isEqualTo(Kind.NOT_FOUND);
    assertThat(asked).hasValue(signed);
  }

  @Test
  void redirectsThatTurnInACircleEnd() throws Exception {
    var requests = new AtomicInteger();
    var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    HttpServer circle = HttpServer.create(address, 0);
    circle.createContext(
        "/",
        exchange -> {
          requests.incrementAndGet();
          exchange.getResponseHeaders().set("Location", exchange.getRequestURI().toString());
          exchange.sendResponseHeaders(307, -1);
          exchange.close();
        });
    circle.start();
    var host = new RegistryHost("localhost:" + circle.getAddress().getPort());

    RegistryException failure =
        catchThrowableOfType(
            RegistryException.class,
            () ->
                registry
                    .client(RegistryConfig.of(host))
                    .blob(new RepositoryName(host, "a"), registry.layer(), 0));
    circle.stop(0);

    assertThat(failure.kind()).isEqualTo(Kind.UNSUPPORTED);
    assertThat(failure).hasMessageContaining("redirects");
    assertThat(requests).hasValue(6);
  }
}
