package dev.longshore.resolver.hub.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.longshore.events.EventJson;
import dev.longshore.events.Proof;
import dev.longshore.events.SiteCredentialsState;
import dev.longshore.events.SiteCredentialsState.Credential;
import dev.longshore.model.SiteName;
import dev.longshore.resolver.hub.AnswerSigner;
import dev.longshore.resolver.hub.SiteCaller;
import dev.longshore.runtime.edge.rights.Caller;
import dev.longshore.runtime.edge.rights.Rights;
import dev.longshore.sites.Admission;
import dev.longshore.sites.SigningKey;
import dev.longshore.testing.ManualClock;
import java.nio.charset.StandardCharsets;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Two hubs that share a store, and the clock of both. */
class SiteAccessTest {
  private static final SiteName SITE = new SiteName("store-17");
  private static final SiteName OTHER = new SiteName("store-18");
  private static final Duration DAYS = Duration.ofDays(30);
  private static final Duration DAY = Duration.ofDays(1);

  private final ManualClock clock = new ManualClock(Instant.parse("2026-03-01T12:00:00Z"));
  private final MemorySiteCredentials store = new MemorySiteCredentials();
  private final List<SigningKey> keys = List.of(new SigningKey("0011223344556677", "key"));
  private final List<AnswerSigner> signers = new ArrayList<>(List.of(signer(), signer()));
  private final SiteCredentials known = new SiteCredentials(clock);
  private final SiteCredentials othersKnown = new SiteCredentials(clock);
  private final SiteAccess hub = hub(known);
  private final SiteAccess other = hub(othersKnown);

  private static AnswerSigner signer() {
    try {
      return new AnswerSigner(
          "key", KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPrivate());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private SiteAccess hub(SiteCredentials its) {
    store.tell(its);
    return new SiteAccess(
        store, its, () -> keys, site -> NeighborSecrets.of(site, signers), DAYS, clock);
  }

  private String added(SiteName site) throws Exception {
    SiteSecret token = SiteSecret.token();
    store.<SiteChangeException>change(
        site,
        current ->
            Optional.of(
                CredentialChanges.added(
                    current, site, "shops", token.hash(), clock.instant(), DAY)));
    return token.reveal();
  }

  private void revoke(SiteName site) throws Exception {
    store.<RuntimeException>change(
        site,
        current -> Optional.of(CredentialChanges.revoked(current.orElseThrow(), clock.instant())));
  }

  private static void refused(Refusal why, ThrowingCallable call) {
    assertThatThrownBy(call)
        .asInstanceOf(type(RefusedException.class))
        .extracting(RefusedException::refusal)
        .isEqualTo(why);
  }

  private boolean isGood(String credential) {
    return isGood(known, credential) && isGood(othersKnown, credential);
  }

  private static boolean isGood(SiteCredentials hub, String credential) {
    try {
      return hub.shown(SITE, credential, false) != null;
    } catch (RefusedException e) {
      return false;
    }
  }

  @Test
  void aNodeJoinsOnceAndIsThenKnownAtEveryHub() throws Exception {
    String token = added(SITE);
    Admission joined = hub.join(SITE, token, "shop-1");

    assertThat(joined.group()).isEqualTo("shops");
    assertThat(joined.joinedAt()).isEqualTo(clock.instant());
    assertThat(joined.expiresAt()).isEqualTo(clock.instant().plus(DAYS));
    assertThat(joined.keys()).isEqualTo(keys);
    assertThat(isGood(joined.credential())).isTrue();
    refused(Refusal.UNKNOWN, () -> hub.join(SITE, token, "shop-1"));
    refused(Refusal.UNKNOWN, () -> other.join(SITE, token, "shop-2"));
  }

  @Test
  void allNodesOfASiteGetTheSameNeighborSecretsAndNobodyElse() throws Exception {
    Admission one = hub.join(SITE, added(SITE), "shop-1");
    clock.advance(DAY);
    Admission two = other.join(SITE, added(SITE), "shop-2");
    Admission stranger = hub.join(OTHER, added(OTHER), "shop-1");

    assertThat(one.neighborSecrets()).hasSize(2).doesNotHaveDuplicates();
    assertThat(two.neighborSecrets()).isEqualTo(one.neighborSecrets());
    assertThat(hub.renew(SITE, one.credential()).neighborSecrets())
        .isEqualTo(one.neighborSecrets());
    assertThat(stranger.neighborSecrets()).doesNotContainAnyElementsOf(one.neighborSecrets());
  }

  @Test
  void aSiteThatIsLetInAgainHasOtherNeighborSecrets() throws Exception {
    Admission before = hub.join(SITE, added(SITE), "shop-1");
    revoke(SITE);
    clock.advance(DAY);

    Admission after = hub.join(SITE, added(SITE), "shop-1");

    assertThat(after.neighborSecrets()).doesNotContainAnyElementsOf(before.neighborSecrets());
  }

  @Test
  void theNextSigningKeysSecretIsKnownBeforeItIsTheFirst() throws Exception {
    Admission before = hub.join(SITE, added(SITE), "shop-1");
    signers.add(signers.removeFirst());

    assertThat(hub.renew(SITE, before.credential()).neighborSecrets())
        .isEqualTo(before.neighborSecrets().reversed());
  }

  @Test
  void ofManyWhoShowOneTokenAtTwoHubsAtOnceOneJoins() throws Exception {
    String token = added(SITE);
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      List<Callable<Integer>> joining =
          IntStream.range(0, 40)
              .<Callable<Integer>>mapToObj(
                  n ->
                      () -> {
                        try {
                          (n % 2 == 0 ? hub : other).join(SITE, token, "shop-" + n);
                          return 1;
                        } catch (RefusedException e) {
                          return 0;
                        }
                      })
              .toList();
      int joined = 0;
      for (Future<Integer> each : threads.invokeAll(joining)) {
        joined += each.get();
      }
      assertThat(joined).isEqualTo(1);
    }
    assertThat(store.of(SITE).orElseThrow().credentials()).hasSize(1);
  }

  @Test
  void whatPeopleAskOfASiteIsToldUntilItEndsAndOutlivesRenewals() throws Exception {
    Admission first = hub.join(SITE, added(SITE), "shop-1");
    Instant now = clock.instant();
    store.<RuntimeException>change(
        SITE,
        current ->
            Optional.of(
                CredentialChanges.synced(
                    CredentialChanges.paused(
                        current.orElseThrow(), now, now.plus(Duration.ofHours(2))),
                    now)));
    var _ = hub.renew(SITE, first.credential());
    added(SITE);

    assertThat(caller().paused()).isTrue();
    assertThat(caller().syncAt()).isEqualTo(now);
    clock.advance(Duration.ofMinutes(61));
    assertThat(caller().paused()).isTrue();
    assertThat(caller().syncAt()).as("not for who comes later").isNull();
    clock.advance(Duration.ofMinutes(61));
    assertThat(caller().paused()).isFalse();
  }

  private SiteCaller caller() {
    Caller caller =
        new Caller("site:" + SITE + "/shop-1", Proof.TOKEN, Optional.empty(), Rights.NONE);
    return known.of(caller).orElseThrow();
  }

  @Test
  void aRenewedCredentialAndTheOneBeforeOverlap() throws Exception {
    Admission first = hub.join(SITE, added(SITE), "shop-1");
    clock.advance(Duration.ofDays(20));
    Admission lost = other.renew(SITE, first.credential());
    clock.advance(Duration.ofMinutes(1));
    Admission second = hub.renew(SITE, first.credential());

    assertThat(second.joinedAt()).isEqualTo(first.joinedAt());
    assertThat(second.expiresAt()).isEqualTo(clock.instant().plus(DAYS));
    assertThat(isGood(first.credential())).isTrue();
    assertThat(isGood(lost.credential())).isTrue();
    clock.advance(CredentialChanges.OVERLAP);
    assertThat(isGood(first.credential())).isFalse();
    assertThat(isGood(second.credential())).isTrue();
    refused(Refusal.EXPIRED, () -> hub.renew(SITE, first.credential()));
    hub.renew(SITE, second.credential());
    assertThat(isGood(lost.credential())).as("what was replaced is over").isFalse();
  }

  /** A ship's line breaks in the very second, and is back days later. */
  @Test
  void aLineThatIsCutForDaysBeforeTheAnswerCameLocksNobodyOut() throws Exception {
    Admission first = hub.join(SITE, added(SITE), "shop-1");
    clock.advance(Duration.ofDays(15));
    hub.renew(SITE, first.credential());
    clock.advance(Duration.ofDays(6));

    Admission next = hub.renew(SITE, first.credential());

    assertThat(isGood(next.credential())).isTrue();
  }

  /** It would otherwise live on for as long as it is renewed in time. */
  @Test
  void theOverlapMakesNoCredentialLastLonger() throws Exception {
    Admission first = hub.join(SITE, added(SITE), "shop-1");
    clock.advance(DAYS.minusMinutes(1));
    hub.renew(SITE, first.credential());
    clock.advance(Duration.ofMinutes(1));
    refused(Refusal.EXPIRED, () -> hub.renew(SITE, first.credential()));
  }

  @Test
  void howeverOftenFiveNodesRenewTheRecordStaysWithinItsLimit() throws Exception {
    for (int n = 1; n <= CredentialChanges.NODES; n++) {
      String credential = hub.join(SITE, added(SITE), "shop-" + n).credential();
      for (int i = 0; i < 5; i++) {
        clock.advance(Duration.ofSeconds(1));
        String next = hub.renew(SITE, credential).credential();
        credential = i % 2 == 0 ? next : credential;
      }
      assertThat(isGood(credential)).isTrue();
    }
    SiteCredentialsState state = store.of(SITE).orElseThrow();
    assertThat(state.credentials())
        .hasSizeLessThanOrEqualTo(SiteCredentialsState.LIMIT)
        .extracting(Credential::node)
        .contains("shop-1", "shop-5");
    assertThatThrownBy(() -> added(SITE))
        .isInstanceOf(SiteChangeException.class)
        .hasMessageContaining("has 5 nodes and 0 tokens");
  }

  @Test
  void aNodeThatJoinsAnewEndsWhatItHadBefore() throws Exception {
    Admission stolen = hub.join(SITE, added(SITE), "shop-1");
    Admission second = hub.join(SITE, added(SITE), "shop-2");
    clock.advance(DAY.dividedBy(2));
    Admission again = hub.join(SITE, added(SITE), "shop-1");

    assertThat(isGood(stolen.credential())).isFalse();
    assertThat(isGood(second.credential())).isTrue();
    assertThat(again.joinedAt()).isEqualTo(clock.instant());
  }

  @Test
  void nothingButTheRightSecretOfTheRightKindAndSiteIsGood() throws Exception {
    String token = added(SITE);
    Admission joined = hub.join(SITE, added(SITE), "shop-1");
    Admission others = hub.join(OTHER, added(OTHER), "shop-1");

    refused(Refusal.WRONG_KIND, () -> known.shown(SITE, token, false));
    refused(Refusal.WRONG_KIND, () -> known.shown(SITE, joined.credential(), true));
    refused(Refusal.WRONG_KIND, () -> hub.join(SITE, joined.credential(), "shop-2"));
    refused(Refusal.WRONG_KIND, () -> hub.renew(SITE, token));
    refused(Refusal.WRONG_SITE, () -> known.shown(SITE, others.credential(), false));
    refused(Refusal.UNKNOWN, () -> hub.renew(SITE, others.credential()));
    refused(Refusal.UNKNOWN, () -> known.shown(SITE, joined.credential() + "x", false));
    refused(Refusal.UNKNOWN, () -> known.shown(SITE, "", false));
    refused(Refusal.UNKNOWN, () -> known.shown(SITE, "x".repeat(100_000), false));
    refused(Refusal.UNKNOWN_SITE, () -> known.shown(new SiteName("no"), token, true));
    clock.advance(DAY);
    refused(Refusal.EXPIRED, () -> known.shown(SITE, token, true));
    refused(Refusal.EXPIRED, () -> hub.join(SITE, token, "shop-2"));
  }

  @Test
  void aRevokedSiteIsOutAtOnceWithAllItHasUntilItIsAddedAgain() throws Exception {
    String open = added(SITE);
    Admission joined = hub.join(SITE, added(SITE), "shop-1");
    Caller caller =
        new Caller(
            SiteCredentials.callerName(SITE, "shop-1"), Proof.TOKEN, Optional.empty(), Rights.NONE);
    assertThat(othersKnown.of(caller))
        .contains(new SiteCaller(SITE, "shops", "shop-1", joined.joinedAt()));

    revoke(SITE);
    refused(Refusal.REVOKED, () -> othersKnown.shown(SITE, joined.credential(), false));
    refused(Refusal.REVOKED, () -> other.renew(SITE, joined.credential()));
    refused(Refusal.REVOKED, () -> hub.join(SITE, open, "shop-1"));
    assertThat(othersKnown.of(caller)).as("who waits for an answer").isEmpty();

    String token = added(SITE);
    refused(Refusal.UNKNOWN, () -> hub.renew(SITE, joined.credential()));
    refused(Refusal.UNKNOWN, () -> hub.join(SITE, open, "shop-1"));
    assertThat(isGood(hub.join(SITE, token, "shop-1").credential())).isTrue();
  }

  @Test
  void aSiteIsInOneGroup() throws Exception {
    added(SITE);
    assertThatThrownBy(
            () ->
                CredentialChanges.added(
                    store.of(SITE), SITE, "ships", SiteSecret.token().hash(), clock.instant(), DAY))
        .hasMessageStartingWith("site store-17 is in group shops (expected: --group shops;");
    revoke(SITE);
    assertThat(
            CredentialChanges.added(
                    store.of(SITE), SITE, "ships", SiteSecret.token().hash(), clock.instant(), DAY)
                .group())
        .isEqualTo("ships");
  }

  @Test
  void noSecretIsStoredOrShown() throws Exception {
    String token = added(SITE);
    SiteCredentialsState before = store.of(SITE).orElseThrow();
    Admission joined = hub.join(SITE, token, "shop-1");
    String records =
        new String(EventJson.write(before), StandardCharsets.UTF_8)
            + new String(EventJson.write(store.of(SITE).orElseThrow()), StandardCharsets.UTF_8)
            + joined
            + SiteSecret.token();

    assertThat(token).matches("longshore_join_[A-Za-z0-9_-]{43}");
    assertThat(joined.credential()).matches("longshore_site_[A-Za-z0-9_-]{43}");
    assertThat(records)
        .doesNotContain(token.substring(15), joined.credential().substring(15))
        .doesNotContain("longshore_");
  }

  /** Its writer may have been told that Kafka did not answer. */
  @Test
  void whatWasWrittenWithoutBeingConfirmedIsNotWrittenTwice() throws Exception {
    String token = added(SITE);
    SiteCredentialsStore asksTwice =
        new SiteCredentialsStore() {
          @Override
          public <X extends Exception> void change(SiteName site, Change<X> change)
              throws X, NotStoredException {
            store.change(site, change);
            store.change(site, change);
          }
        };
    Admission joined =
        new SiteAccess(asksTwice, known, () -> keys, _ -> List.of(), DAYS, clock)
            .join(SITE, token, "shop-1");

    assertThat(isGood(joined.credential())).isTrue();
    assertThat(store.of(SITE).orElseThrow().credentials()).hasSize(1);
  }
}
