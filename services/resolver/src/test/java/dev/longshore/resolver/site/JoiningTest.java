package dev.longshore.resolver.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.ipfs.node.SwarmPrivacy;
import dev.longshore.ipfs.testing.InMemoryIpfsNode;
import dev.longshore.ipfs.testing.InMemorySwarm;
import dev.longshore.model.SiteName;
import dev.longshore.resolver.site.Joining.Invitation;
import dev.longshore.resolver.site.hub.PinnedAuthority;
import dev.longshore.sites.SigningKey;
import dev.longshore.testing.ManualClock;
import dev.longshore.testing.TestAuthority;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JoiningTest {
  @TempDir private Path home;
  private final ManualClock clock = new ManualClock(HubTwin.AT);

  private Joining joining() {
    return new Joining(new SiteFolder(home), "test", clock);
  }

  private static Invitation invitation(URI hub, @Nullable String ca, @Nullable SigningKey key) {
    return new Invitation(hub, HubTwin.SITE, "main", "token", ca, key);
  }

  @Test
  void keepsWhoItIsReadableByItsOwnerAlone() throws Exception {
    try (HubTwin hub = new HubTwin()) {
      assertThat(joining().join(invitation(hub.address(), null, hub.key()))).isTrue();
    }

    Path credential = home.resolve("site/credential");
    assertThat(credential).hasContent("secret");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(credential)))
        .isEqualTo("rw-------");
    assertThat(new SiteFolder(home).identity().orElseThrow().site()).isEqualTo("shop");
    assertThat(Files.readString(home.resolve("site/identity.json"))).doesNotContain("secret");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whoLostItsCredentialIsToldAndJoinsByAToken(boolean emptied) throws Exception {
    try (HubTwin hub = new HubTwin()) {
      joining().join(invitation(hub.address(), null, hub.key()));
      Path credential = home.resolve("site/credential");
      if (emptied) {
        Files.writeString(credential, "");
      } else {
        Files.delete(credential);
      }
      SiteBed bed = new SiteBed(home, hub);
      assertThatThrownBy(bed::start)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("is gone or empty")
          .hasMessageContaining("Run site add at the hub");
      hub.requests.clear();

      assertThat(joining().join(invitation(hub.address(), null, hub.key()))).isTrue();

      assertThat(hub.requests).containsExactly("POST /v1/sites/shop/join");
      assertThat(new SiteFolder(home).credential()).isEqualTo("secret");
    }
  }

  @Test
  void runAgainItRenewsAndSpendsNoToken() throws Exception {
    try (HubTwin hub = new HubTwin()) {
      var _ = joining().join(invitation(hub.address(), null, hub.key()));
      hub.requests.clear();

      assertThat(joining().join(invitation(hub.address(), null, hub.key()))).isFalse();

      assertThat(hub.requests).containsExactly("POST /v1/sites/shop/credential");
    }
  }

  @Test
  void aHubWithAnotherKeyIsRefusedAndNothingIsKept() throws Exception {
    SigningKey other = TwinKeys.key(KeyPairGenerator.getInstance("Ed25519").generateKeyPair());
    try (HubTwin hub = new HubTwin()) {
      assertThatThrownBy(() -> joining().join(invitation(hub.address(), null, other)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("no key that is known here signed");
    }
    assertThat(home.resolve("site")).isEmptyDirectory();
  }

  @Test
  void whoeverEndsTlsInBetweenBringsNoKeyOfItsOwn() throws Exception {
    try (HubTwin hub = new HubTwin()) {
      hub.liar = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();

      assertThatThrownBy(() -> joining().join(invitation(hub.address(), null, hub.key())))
          .hasMessageContaining("no key that is known here signed");
    }
    assertThat(new SiteFolder(home).identity()).isEmpty();
  }

  @Test
  void aFolderThatTakesNothingIsFoundBeforeTheTokenIsSpent() throws Exception {
    Files.createDirectories(home.resolve("site/credential.new/in-the-way"));
    try (HubTwin hub = new HubTwin()) {
      assertThatThrownBy(() -> joining().join(invitation(hub.address(), null, hub.key())))
          .isInstanceOf(IOException.class);
      assertThat(hub.requests).isEmpty();
    }
  }

  @Test
  void aNodeOfOneSiteDoesNotBecomeOneOfAnother() throws Exception {
    try (HubTwin hub = new HubTwin()) {
      var _ = joining().join(invitation(hub.address(), null, null));
      Invitation other =
          new Invitation(hub.address(), new SiteName("depot"), "main", "token", null, null);

      assertThatThrownBy(() -> joining().join(other)).hasMessageContaining("belongs to site shop");
    }
  }

  @Test
  void believesTheAuthorityOfTheFingerprintAloneFromThenOn() throws Exception {
    TestAuthority authority = new TestAuthority("hub");
    try (HubTwin hub = new HubTwin(serving(authority, authority.certificate()))) {
      String pin = PinnedAuthority.fingerprint(authority.certificate());

      assertThat(joining().join(invitation(hub.address(), pin, hub.key()))).isTrue();

      assertThat(home.resolve("site/ca.pem")).content().contains("BEGIN CERTIFICATE");
      // Renews with the kept file.
      assertThat(joining().join(invitation(hub.address(), pin, hub.key()))).isFalse();
    }
  }

  @Test
  void aHubOfAnotherAuthorityGetsNoToken() throws Exception {
    TestAuthority authority = new TestAuthority("hub");
    try (HubTwin hub = new HubTwin(serving(authority, authority.certificate()))) {
      String pin = PinnedAuthority.fingerprint(new TestAuthority("hub").certificate());

      assertThatThrownBy(() -> joining().join(invitation(hub.address(), pin, null)))
          .hasMessageContaining("no certificate of the server has the key");
      assertThat(hub.requests).isEmpty();
    }
  }

  @Test
  void aCertificateThatIsOnlyShownBesideAnotherChainProvesNothing() throws Exception {
    TestAuthority meant = new TestAuthority("hub");
    TestAuthority liar = new TestAuthority("hub");
    SSLContext lying = serving(liar, liar.certificate(), meant.certificate());
    try (HubTwin hub = new HubTwin(lying)) {
      String pin = PinnedAuthority.fingerprint(meant.certificate());

      assertThatThrownBy(() -> joining().join(invitation(hub.address(), pin, null)))
          .isInstanceOf(IOException.class);
      assertThat(hub.requests).isEmpty();
    }
  }

  private static SSLContext serving(TestAuthority owner, Certificate... chain) throws Exception {
    // This kind of store takes any chain.
    KeyStore store = KeyStore.getInstance("JKS");
    store.load(null, null);
    store.setKeyEntry("hub", owner.key(), new char[0], chain);
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, new char[0]);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://hub.example.com",
        "ftp://127.0.0.1",
        "https://user:word@hub.example.com",
        "https://hub.example.com/path",
        "https://hub.example.com?a=b"
      })
  void anAddressThatOthersReadAlongIsRefused(String address) {
    assertThatThrownBy(() -> invitation(URI.create(address), null, null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("word");
  }

  @Test
  void refusesANodeThatStrangersCanReach() {
    InMemoryIpfsNode node = new InMemorySwarm().node("own");
    node.setPrivacy(new SwarmPrivacy.Public(List.of("it has bootstrap peers")));

    assertThatThrownBy(() -> joining().checkNode(node, false, null))
        .hasMessageContaining("bootstrap peers");
  }

  @Test
  void refusesANodeThatTakesNothingAndLeavesNothingOnOneThatDoes() throws Exception {
    InMemoryIpfsNode node = new InMemorySwarm().node("own");
    assertThat(joining().checkNode(node, false, home)).as("its files are here").isFalse();
    assertThat(node.storedBlocks()).isEmpty();

    node.trouble().limitStorage(1);

    assertThatThrownBy(() -> joining().checkNode(node, false, null))
        .hasMessageContaining("storage is full");
  }
}
