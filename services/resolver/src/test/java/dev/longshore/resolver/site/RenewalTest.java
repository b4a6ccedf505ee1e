package dev.longshore.resolver.site;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.sites.SigningKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A credential that has to be renewed, at a hub or on a disk that does not let it be. */
class RenewalTest {
  @TempDir private Path home;
  private HubTwin hub;
  private SiteBed site;

  @BeforeEach
  void follow() throws Exception {
    hub = new HubTwin();
    site = SiteBed.joined(home, hub);
    hub.now = HubTwin.AT.plus(Duration.ofDays(201));
    site.wall.advance(Duration.ofDays(201));
  }

  @AfterEach
  void end() throws Exception {
    hub.close();
    site.close();
  }

  private long renewals() {
    return hub.requests.stream().filter(r -> r.endsWith("/credential")).count();
  }

  @Test
  void whoeverEndsTlsInBetweenBringsNoKeyOfItsOwn() throws Exception {
    hub.liar = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();

    site.start();
    site.awaitReport(
        "it is not renewed",
        r -> r.exceptions().stream().anyMatch(e -> String.valueOf(e.error()).contains("no key")));

    assertThat(new SiteFolder(home).joined().keys()).containsExactly(hub.key());
    hub.liar = null;
    Eventually.await(
        "it is renewed",
        () -> {
          hub.poke();
          return hub.reports.getLast().exceptions().isEmpty();
        });
  }

  /** As docs/sites.md says how to change the key: once it is taken out, the former one is void. */
  @Test
  void aKeyThatCameWithARenewalIsBelievedAndOneThatIsTakenOutIsNot() throws Exception {
    KeyPair former = hub.keys;
    KeyPair next = TwinKeys.newKeys();
    hub.otherKeys = List.of(next);
    site.start();
    awaitTrusted(former, next);

    hub.keys = next;
    hub.otherKeys = List.of(former);
    MirroredImage image = hub.image(1);
    hub.push(SiteBed.REPOSITORY, "1.0", image);
    site.awaitShown("1.0", image);

    hub.otherKeys = List.of();
    hub.now = hub.now.plus(Duration.ofDays(101));
    awaitTrusted(next);
    hub.keys = former;
    hub.push(SiteBed.REPOSITORY, "1.0", hub.image(2));
    site.awaitReport(
        "the stolen key is refused",
        r ->
            r.exceptions().stream()
                .anyMatch(e -> String.valueOf(e.error()).contains(TwinKeys.key(former).id())));
    assertThat(site.shown("1.0")).contains(image.digest());
  }

  private void awaitTrusted(KeyPair... keys) {
    Set<SigningKey> wanted = Stream.of(keys).map(TwinKeys::key).collect(Collectors.toSet());
    Eventually.await(
        "it believes these keys alone",
        () -> {
          hub.poke();
          return trusted().equals(wanted);
        });
  }

  private Set<SigningKey> trusted() {
    try {
      return Set.copyOf(new SiteFolder(home).joined().keys());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** As without Kafka: nobody renews, and the sites that a hub knows are served. */
  @Test
  void aHubThatRenewsNothingNowIsFollowedAllTheSame() throws Exception {
    hub.renewals = 503;
    MirroredImage image = hub.image(1);
    hub.push(SiteBed.REPOSITORY, "1.0", image);

    site.start();

    site.awaitShown("1.0", image);
    site.awaitReport(
        "it is not renewed",
        r -> r.exceptions().stream().anyMatch(e -> String.valueOf(e.error()).contains("renew")));
    hub.renewals = 200;
    Eventually.await(
        "it is renewed, and nothing is the matter",
        () -> {
          hub.poke();
          return renewals() > 1 && hub.reports.getLast().exceptions().isEmpty();
        });
  }
}
