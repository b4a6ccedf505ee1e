package dev.longshore.oci.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Kind;
import dev.longshore.oci.testing.Fault;
import dev.longshore.oci.testing.HttpRegistry.Seen;
import dev.longshore.oci.testing.HttpRegistryOptions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whether a repository serves a blob: anything but a clear yes is a no, or passes. */
final class ServedBlobTest {
  private ClientFixture registry;
  private Descriptor layer;

  @BeforeEach
  void start() throws Exception {
    registry = ClientFixture.plain();
    layer = registry.layer();
  }

  @AfterEach
  void stop() {
    registry.close();
  }

  private boolean isServed() throws Exception {
    return registry.client().serves(registry.name, layer);
  }

  private void next(Fault... faults) {
    for (Fault fault : faults) {
      registry.server.content().faults().next(layer.digest().toString(), fault);
    }
  }

  @Test
  void isAskedForByOneHead() throws Exception {
    assertThat(isServed()).isTrue();

    assertThat(registry.server.requests()).extracting(Seen::method).containsExactly("HEAD");
  }

  @Test
  void isNotServedByAnotherRepositoryOfTheRegistry() throws Exception {
    RepositoryName other = registry.server.name("other/app");
    registry.server.content().pushBlob(other, new byte[] {1});

    assertThat(registry.client().serves(other, layer)).isFalse();
  }

  /** Its digest alone proves nothing: whoever names it there may have guessed the rest. */
  @Test
  void isNotServedInAnotherSize() throws Exception {
    Descriptor longer = new Descriptor(layer.mediaType(), layer.digest(), layer.size() + 1);

    assertThat(registry.client().serves(registry.name, longer)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 401, 403, 404, 405, 501})
  void isNotKnownToBeServedWhereHeadIsRefused(int status) throws Exception {
    next(new Fault.Status(status));

    assertThat(isServed()).isFalse();
    assertThat(registry.pauses).isEmpty();
  }

  @Test
  void isNotKnownToBeServedByWhoKnowsNoHead() throws Exception {
    try (var old = new ClientFixture(HttpRegistryOptions.plain().withoutHead())) {
      assertThat(old.client().serves(old.name, old.layer())).isFalse();
    }
  }

  @Test
  void isNotKnownToBeServedWhereNoLengthIsTold() throws Exception {
    try (var server =
        new RawServer(
            out -> out.write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII)))) {
      assertThat(registry.client().serves(server.name(), layer)).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403})
  void isNotKnownToBeServedByAStorageThatTakesNoHead(int status) throws Exception {
    next(new Fault.Status(status));
    String storage = "http://" + registry.server.host();
    try (var front = new ClientFixture(HttpRegistryOptions.plain().withBlobsAt(storage))) {
      assertThat(front.client().serves(front.name, front.layer())).isFalse();
      assertThat(front.pauses).isEmpty();
      assertThat(front.client().serves(front.name, front.layer())).isTrue();
    }
  }

  @Test
  void isAskedForAgainAfterAFailureThatPasses() throws Exception {
    next(new Fault.Status(503), new Fault.Status(429), new Fault.Page());

    assertThat(isServed()).isTrue();
    assertThat(registry.pauses).hasSize(3);
  }

  @Test
  void failsWithARegistryThatAsksForTime() {
    next(new Fault.Status(429, Optional.of(Duration.ofMinutes(1))));

    RegistryException failure = catchThrowableOfType(RegistryException.class, this::isServed);

    assertThat(failure.kind()).isEqualTo(Kind.TRANSIENT);
    assertThat(failure.retryAfter()).hasValue(Duration.ofMinutes(1));
    assertThat(failure).hasMessageContaining("HEAD blob " + registry.name + "@" + layer.digest());
  }

  @Test
  void failsWithARegistryThatSaysNothing() throws Exception {
    ClientSettings hasty =
        registry
            .settings()
            .withTimeouts(Duration.ofSeconds(1), Duration.ofMillis(200), Duration.ofSeconds(1))
            .withRetry(RetryPolicy.never());
    try (var server = new RawServer(RawServer.silent(""))) {
      var client = new RegistryClient(Registries.of(), hasty);

      RegistryException failure =
          catchThrowableOfType(RegistryException.class, () -> client.serves(server.name(), layer));

      assertThat(failure.kind()).isEqualTo(Kind.TRANSIENT);
    }
  }
}
