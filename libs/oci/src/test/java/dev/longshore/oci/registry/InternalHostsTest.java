package dev.longshore.oci.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.longshore.model.Digest;
import dev.longshore.model.Reference;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Kind;
import dev.longshore.oci.source.BlobStream;
import dev.longshore.oci.testing.HttpRegistryOptions;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a registry names by redirects and realms is judged by the address that is then connected to:
 * machines inside are reached on the word of a registry inside alone.
 */
final class InternalHostsTest {
  private static final String REGISTRY = "203.0.113.1";
  private static final String STORAGE = "203.0.113.2";

  private Internet internet;
  private ClientFixture storage;
  private ClientFixture registry;

  @BeforeEach
  void start() throws Exception {
    internet = new Internet();
    internet.name("registry.test", REGISTRY);
    storage = ClientFixture.plain();
    redirectTo("storage.test:" + storagePort());
  }

  @AfterEach
  void stop() throws Exception {
    registry.close();
    storage.close();
    internet.close();
  }

  /** From now on there is a registry that redirects blobs to this place. */
  private void redirectTo(String authority) throws Exception {
    if (registry != null) {
      registry.close();
    }
    registry = new ClientFixture(HttpRegistryOptions.plain().withBlobsAt("http://" + authority));
  }

  private int storagePort() {
    return URI.create("http://" + storage.server.host()).getPort();
  }

  private RegistryConfig config() {
    int port = URI.create("http://" + registry.server.host()).getPort();
    return registry.config().withEndpoint(URI.create("http://registry.test:" + port));
  }

  private RegistryClient client(RegistryConfig config) {
    return new RegistryClient(
        Registries.of(config),
        registry.settings().withNames(internet.lookup()).withRetry(RetryPolicy.never()));
  }

  private RegistryException refusal(RegistryClient client) {
    RegistryException failure =
        catchThrowableOfType(
            RegistryException.class, () -> client.blob(registry.name, registry.layer(), 0));
    assertThat(failure).isNotNull();
    assertThat(failure.kind()).isEqualTo(Kind.UNSUPPORTED);
    assertThat(storage.server.requests()).isEmpty();
    return failure;
  }

  private void read(RegistryClient client) throws Exception {
    try (BlobStream in = client.blob(registry.name, registry.layer(), 0)) {
      assertThat(Digest.of(in.readAllBytes())).isEqualTo(registry.layer().digest());
    }
  }

  @Test
  void aPublicStorageIsCalledAtTheAddressThatWasJudged() throws Exception {
    internet.name("storage.test", STORAGE);

    read(client(config()));

    assertThat(internet.called).containsExactly(REGISTRY, STORAGE);
    assertThat(internet.lookedUp).containsExactly("registry.test", "storage.test");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "127.8.8.8",
        "::1",
        "0.0.0.0",
        "::",
        "10.1.2.3",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "100.64.1.1",
        "198.18.0.1",
        "169.254.1.1",
        "fe80::1",
        "fec0::1",
        "fd00::1",
        "fc00::1",
        "224.0.0.1",
        "ff02::1",
        "255.255.255.255",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a00:1",
        "64:ff9b:1::a00:1",
        "2002:7f00:1::",
        "2002:c0a8:101::1",
        "169.254.169.254",
        "169.254.170.2",
        "100.100.100.200",
        "168.63.129.16",
        "fd00:ec2::254",
        "64:ff9b::a9fe:a9fe",
        "10.0.0.1 127.0.0.1 fd00::1"
      })
  void aPublicRegistryLeadsNobodyInside(String addresses) {
    internet.name("storage.test", addresses);

    assertThat(refusal(client(config()))).hasMessageContaining("storage.test");

    assertThat(internet.called).containsExactly(REGISTRY);
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, 127.0.0.2",
    "127.0.0.1, ::1",
    "10.0.0.5, 192.168.7.7",
    "fd00::5, 100.64.0.9",
    "169.254.1.1, 169.254.2.2",
    "203.0.113.1 10.0.0.5, 10.0.0.6"
  })
  void aRegistryInsideMayNameItsNeighbours(String own, String other) throws Exception {
    internet.name("registry.test", own);
    internet.name("storage.test", other);

    read(client(config()));
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.5, 127.0.0.1",
    "10.0.0.5, 0.0.0.0",
    "127.0.0.1, 10.0.0.5",
    "127.0.0.1, 169.254.1.1",
    "10.0.0.5, 169.254.1.1",
    "169.254.1.1, 169.254.169.254",
    "10.0.0.5, fd00:ec2::254",
    "100.64.0.1, 100.100.100.200",
    "10.0.0.5, 168.63.129.16"
  })
  void aRegistryInsideMayNameNothingNearer(String own, String other) {
    internet.name("registry.test", own);
    internet.name("storage.test", other);

    refusal(client(config()));

    assertThat(internet.called).containsExactly(own);
  }

  @Test
  void aTrustedHostMayBeInsideButIsNoMetadataService() throws Exception {
    internet.name("storage.test", "10.0.0.5");
    RegistryClient client = client(config().withTrustedHost("storage.test:" + storagePort()));
    read(client);
    internet.name("meta.test", "169.254.169.254");
    redirectTo("meta.test");

    RegistryException failure =
        catchThrowableOfType(
            RegistryException.class,
            () ->
                client(config().withTrustedHost("meta.test"))
                    .blob(registry.name, registry.layer(), 0));

    assertThat(failure.kind()).isEqualTo(Kind.UNSUPPORTED);
    assertThat(failure).hasMessageContaining("metadata");
    assertThat(internet.called).doesNotContain("169.254.169.254");
  }

  @Test
  void aRegistryIsNoMetadataServiceItself() {
    internet.name("registry.test", "169.254.169.254");

    RegistryException failure =
        catchThrowableOfType(
            RegistryException.class,
            () -> client(config()).resolve(Reference.tagged(registry.name, "v1")));

    assertThat(failure.kind()).isEqualTo(Kind.UNSUPPORTED);
    assertThat(internet.called).isEmpty();
  }

  @Test
  void ofSeveralAddressesThoseThatMayBeCalledAre() throws Exception {
    internet.name("storage.test", "127.0.0.1 203.0.113.66 10.0.0.1 " + STORAGE);
    internet.kill("203.0.113.66");

    read(client(config()));

    assertThat(internet.called).containsExactly(REGISTRY, "203.0.113.66", STORAGE);
  }

  @Test
  void aNameThatMovesInsideIsNotFollowed() throws Exception {
    internet.rebinding("storage.test", STORAGE, "127.0.0.1");
    RegistryClient client = client(config());
    // Broken off, so that the next one needs another connection.
    try (BlobStream in = client.blob(registry.name, registry.layer(), 0)) {
      assertThat(in.read()).isNotNegative();
    }
    int requests = storage.server.requests().size();
    assertThat(requests).isEqualTo(1);

    RegistryException failure =
        catchThrowableOfType(
            RegistryException.class, () -> client.blob(registry.name, registry.layer(), 0));

    assertThat(failure.kind()).isEqualTo(Kind.UNSUPPORTED);
    assertThat(storage.server.requests()).hasSize(requests);
    assertThat(internet.called).containsExactly(REGISTRY, STORAGE);
    // Once for each connection, and never between judging and connecting.
    assertThat(internet.lookedUp.stream().filter("storage.test"::equals)).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[0:0:0:0:0:ffff:7f00:1]",
        "[64:ff9b::7f00:1]",
        "2130706433",
        "0x7f000001",
        "0x7f.0.0.1",
        "0177.0.0.1",
        "127.1",
        "127.0.0.1.",
        "localhost",
        "localhost.",
        "LOCALHOST",
        "0",
        "user@127.0.0.1",
        "storage.test@127.0.0.1",
        "10.0.0.1",
        "[fd00::1]",
        "169.254.169.254"
      })
  void anAddressInTheRedirectIsJudgedHoweverItIsWritten(String host) throws Exception {
    internet.name("localhost.", "127.0.0.1");
    redirectTo(host + ":" + storagePort());

    refusal(client(config()));

    assertThat(internet.called).containsExactly(REGISTRY);
  }

  /** The proxy looks up names; an address it would only connect to. */
  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "127.1", "10.0.0.1", "[fd00::1]", "169.254.169.254"})
  void anAddressInTheRedirectIsJudgedBeforeAProxyIsAskedForIt(String host) throws Exception {
    redirectTo(host + ":" + storagePort());
    internet.becomeHttpProxy();

    refusal(client(config()));

    assertThat(internet.called).hasSize(1).allMatch(called -> called.startsWith("registry.test:"));
  }

  @Test
  void aTokenServerInsideIsNotAsked() throws Exception {
    try (var tokens = new TokenEndpoint()) {
      HttpRegistryOptions.Login login =
          header ->
              tokens
                  .challenge(header)
                  .map(c -> c.replace(tokens.authority(), "auth.registry.test"));
      registry.close();
      registry = new ClientFixture(HttpRegistryOptions.plain().withLogin(login));
      Reference tag = Reference.tagged(registry.name, "v1");
      internet.name("auth.registry.test", "10.0.0.1");
      internet.serve("10.0.0.1", tokens.port());
      internet.serve("203.0.113.9", tokens.port());

      RegistryException failure =
          catchThrowableOfType(RegistryException.class, () -> client(config()).resolve(tag));

      assertThat(failure.kind()).isEqualTo(Kind.UNSUPPORTED);
      assertThat(tokens.asked).isEmpty();
      assertThat(internet.called).containsExactly(REGISTRY);

      internet.name("auth.registry.test", "203.0.113.9");
      assertThat(client(config()).resolve(tag).digest()).isEqualTo(registry.root());
      assertThat(tokens.asked).hasSize(1);
    }
  }

  @Test
  void aRedirectOfARedirectIsJudgedToo() throws Exception {
    internet.name("storage.test", STORAGE);
    internet.name("next.test", "127.0.0.1");
    try (var hop =
        new ClientFixture(
            HttpRegistryOptions.plain().withBlobsAt("http://next.test:" + storagePort()))) {
      redirectTo("storage.test:" + URI.create("http://" + hop.server.host()).getPort());

      refusal(client(config()));
    }
    assertThat(internet.called).isEqualTo(List.of(REGISTRY, STORAGE));
  }
}
