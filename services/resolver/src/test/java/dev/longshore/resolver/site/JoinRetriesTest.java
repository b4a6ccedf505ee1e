package dev.longshore.resolver.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.resolver.site.Joining.Invitation;
import dev.longshore.resolver.site.hub.HubException;
import dev.longshore.resolver.site.hub.PinnedAuthority;
import dev.longshore.testing.ManualClock;
import dev.longshore.testing.TestAuthority;
import java.net.URI;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node joins while connections to its hub break off. */
class JoinRetriesTest {
  private static final Duration TIME_OF_A_TRY = Duration.ofSeconds(10);

  @TempDir private Path home;
  private final TestAuthority authority = new TestAuthority("hub");
  private final AtomicLong tries = new AtomicLong();
  private Joining joining;

  @BeforeEach
  void wire() {
    joining =
        new Joining(
            new SiteFolder(home),
            "test",
            new ManualClock(HubTwin.AT),
            () -> tries.get() * TIME_OF_A_TRY.toNanos(),
            new Backoff(Duration.ofMillis(1), Duration.ofMillis(2), new Random(1)));
  }

  private HubTwin hub(boolean tls) throws Exception {
    HubTwin hub = new HubTwin(tls ? serving() : null);
    hub.spent = ConcurrentHashMap.newKeySet();
    return hub;
  }

  private BrokenLine line(HubTwin hub, BrokenLine.Break breaks, int times) throws Exception {
    return new BrokenLine(hub.address(), breaks, times, tries::incrementAndGet);
  }

  private boolean join(HubTwin hub, URI address) throws Exception {
    boolean tls = "https".equals(address.getScheme());
    @Nullable String pin = tls ? PinnedAuthority.fingerprint(authority.certificate()) : null;
    return joining.join(new Invitation(address, HubTwin.SITE, "main", "token", pin, hub.key()));
  }

  @Test
  void whoIsCutOffInTheHandshakeTriesAgain() throws Exception {
    try (HubTwin hub = hub(true);
        BrokenLine line = line(hub, BrokenLine.Break.AFTER_FIRST_BYTES, 3)) {
      assertThat(join(hub, line.address())).isTrue();

      assertThat(hub.requests).containsExactly("POST /v1/sites/shop/join");
      assertThat(tries).hasValue(4);
    }
  }

  @Test
  void aRequestThatWasLostIsSentAgain() throws Exception {
    try (HubTwin hub = hub(false);
        BrokenLine line = line(hub, BrokenLine.Break.AFTER_FIRST_BYTES, 1)) {
      assertThat(join(hub, line.address())).isTrue();

      assertThat(hub.requests).hasSize(1);
    }
  }

  @Test
  void whoseAnswerWasLostIsToldTheWayOut() throws Exception {
    try (HubTwin hub = hub(false);
        BrokenLine line = line(hub, BrokenLine.Break.BEFORE_ANSWER, 1)) {
      assertThatThrownBy(() -> join(hub, line.address()))
          .isInstanceOf(HubException.class)
          .hasMessageContaining("HTTP 401")
          .hasMessageContaining("may have spent the token")
          .hasMessageContaining("let site add print a new line");

      assertThat(hub.requests).hasSize(2);
    }
  }

  @Test
  void aTokenThatIsRefusedAtOnceIsNotTriedAgain() throws Exception {
    try (HubTwin hub = hub(false)) {
      hub.status = 401;

      assertThatThrownBy(() -> join(hub, hub.address()))
          .hasMessageContaining("HTTP 401")
          .hasMessageNotContaining("may have spent");

      assertThat(hub.requests).hasSize(1);
    }
  }

  @Test
  void itEndsAfterAMinute() throws Exception {
    try (HubTwin hub = hub(true);
        BrokenLine line = line(hub, BrokenLine.Break.AFTER_FIRST_BYTES, Integer.MAX_VALUE)) {
      assertThatThrownBy(() -> join(hub, line.address()))
          .isInstanceOf(HubException.class)
          .hasMessageContaining("check the way to it");

      assertThat(tries.get()).isBetween(6L, 8L);
      assertThat(hub.requests).isEmpty();
    }
  }

  @Test
  void whereNobodyListensItEndsAtOnce() throws Exception {
    HubTwin hub = hub(false);
    hub.close();

    assertThatThrownBy(() -> join(hub, hub.address())).isInstanceOf(HubException.class);
  }

  private SSLContext serving() throws Exception {
    KeyStore store = KeyStore.getInstance("JKS");
    store.load(null, null);
    store.setKeyEntry(
        "hub",
        authority.key(),
        new char[0],
        new java.security.cert.Certificate[] {authority.certificate()});
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, new char[0]);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context;
  }
}
