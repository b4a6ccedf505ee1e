package dev.longshore.watcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.events.ConversionRequest;
import dev.longshore.events.Hint;
import dev.longshore.events.Observed;
import dev.longshore.events.Origin;
import dev.longshore.events.ReferenceHint;
import dev.longshore.model.Digest;
import dev.longshore.model.Mode;
import dev.longshore.model.ModeName;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.testing.Fault;
import dev.longshore.oci.testing.Faults;
import dev.longshore.rules.PlacementSettings;
import dev.longshore.rules.RuleSettings;
import dev.longshore.rules.SuffixSettings;
import dev.longshore.rules.TagSettings;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import dev.longshore.runtime.kafka.step.TransientFailure;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.RandomImageOptions;
import dev.longshore.watcher.sender.DistributionEvents;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ObserveTest {
  private final WatchedHub hub = new WatchedHub();

  @Test
  void aPushedTagIsObservedWithTheDigestThatTheSourceHas() throws Exception {
    Descriptor image = push("team/app", "v1", 1);

    hub.pushed("team/app", image.digest(), "v1");

    assertThat(hub.observed)
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.key()).isEqualTo("localhost:5055/team/app:v1");
              assertThat(event.digest()).isEqualTo(image.digest());
              assertThat(event.size()).isEqualTo(image.size());
            });
    assertThat(hub.tag("team/app", "v1").digest()).isEqualTo(image.digest());
    assertThat(
            hub.catalog
                .repositories()
                .holds(RepositoryName.stored(WatchedHub.HOST, "team/app"), image.digest()))
        .isTrue();
  }

  /** The CNCF registry sends its event after the manifest is written and before its tag is. */
  @Test
  void aNotificationThatComesBeforeItsTagIsWrittenIsNotLost() throws Exception {
    Descriptor image = push("team/app", "elsewhere", 1);
    hub.pause = _ -> push("team/app", "v1", 1);

    hub.pushed("team/app", image.digest(), "v1");

    assertThat(hub.tag("team/app", "v1").digest()).isEqualTo(image.digest());
  }

  @Test
  void aTagThatMovesAMomentAfterItsNotificationEndsAtTheNewImage() throws Exception {
    Descriptor old = push("team/app", "v1", 1);
    hub.pushed("team/app", old.digest(), "v1");
    Descriptor image = push("team/app", "elsewhere", 2);
    hub.pause = _ -> push("team/app", "v1", 2);

    hub.pushed("team/app", image.digest(), "v1");

    assertThat(hub.tag("team/app", "v1").digest()).isEqualTo(image.digest());
  }

  @Test
  void bothOfTwoVersionsThatFollowedAtOnceAreObserved() throws Exception {
    Descriptor v1 = push("team/app", "latest", 1);
    Descriptor v2 = push("team/app", "latest", 2);

    hub.pushed("team/app", v1.digest(), "latest");
    hub.pushed("team/app", v2.digest(), "latest");

    assertThat(hub.observed)
        .extracting(Observed::key, Observed::digest)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(
                "localhost:5055/team/app@" + v1.digest(), v1.digest()),
            org.assertj.core.groups.Tuple.tuple("localhost:5055/team/app:latest", v2.digest()));
    assertThat(hub.tag("team/app", "latest").digest()).isEqualTo(v2.digest());
  }

  @Test
  void aTagThatWentToBAndBackToAEndsAtAWithBInItsHistory() throws Exception {
    Descriptor a = push("team/app", "v1", 1);
    hub.pushed("team/app", a.digest(), "v1");
    Descriptor b = push("team/app", "v1", 2);
    hub.pushed("team/app", b.digest(), "v1");
    push("team/app", "v1", 1);
    hub.pushed("team/app", a.digest(), "v1");

    assertThat(hub.tag("team/app", "v1").digest()).isEqualTo(a.digest());
    assertThat(hub.tag("team/app", "v1").previous()).containsExactly(b.digest());
  }

  @Test
  void pushingTheSameDigestAgainMakesNothingKnown() throws Exception {
    Descriptor image = push("team/app", "v1", 1);
    hub.pushed("team/app", image.digest(), "v1");

    assertThat(hub.pushed("team/app", image.digest(), "v1")).isEmpty();
  }

  @Test
  void aPushOfAnIndexWithItsChildrenIsOneImage() throws Exception {
    RandomImage image = RandomImage.of(3, RandomImageOptions.multiPlatform());
    Descriptor index = hub.images.push(WatchedHub.name("team/multi"), "v1", image);
    for (RandomImage.StoredManifest manifest : image.manifests()) {
      hub.pushed(
          "team/multi",
          Digest.parse(manifest.digest()),
          manifest.digest().equals(index.digest().toString()) ? "v1" : null);
    }

    assertThat(hub.observed)
        .singleElement()
        .satisfies(event -> assertThat(event.digest()).isEqualTo(index.digest()));
  }

  @Test
  void anUntaggedManifestIsMirroredWhereThatIsAskedFor() throws Exception {
    WatchedHub all = new WatchedHub(true);
    Descriptor image = all.images.push(WatchedHub.name("team/app"), "hidden", RandomImage.of(1));

    all.pushed("team/app", image.digest(), null);

    assertThat(all.observed).hasSize(1);
  }

  @Test
  void anUntaggedManifestWithASubjectIsMirrored() throws Exception {
    Descriptor image = push("team/app", "v1", 1);
    byte[] signature =
        """
        {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",\
        "config":{"mediaType":"application/vnd.oci.empty.v1+json",\
        "digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","size":2},\
        "layers":[],"subject":{"mediaType":"%s","digest":"%s","size":%d}}\
        """
            .formatted(image.mediaType(), image.digest(), image.size())
            .getBytes(StandardCharsets.UTF_8);
    Digest digest =
        hub.images.pushManifest(
            WatchedHub.name("team/app"), "application/vnd.oci.image.manifest.v1+json", signature);

    hub.pushed("team/app", digest, null);

    assertThat(hub.observed).singleElement().satisfies(event -> assertThat(event.tag()).isNull());
  }

  @ParameterizedTest
  @ValueSource(strings = {"pull", "mount"})
  void pullsAndMountsLeadToNoLook(String action) throws Exception {
    Descriptor image = push("team/app", "v1", 1);
    int before = hub.images.requests().size();

    hub.notified(
        WatchedHub.notification(
            action, "team/app", image.mediaType(), image.digest().toString(), "v1"));

    assertThat(hub.observed).isEmpty();
    assertThat(hub.images.requests()).hasSize(before);
  }

  @Test
  void aPushedBlobLeadsToNoLook() throws Exception {
    hub.notified(
        WatchedHub.notification(
            "push",
            "team/app",
            "application/vnd.oci.image.layer.v1.tar+gzip",
            Digest.of(new byte[] {1}).toString(),
            null));

    assertThat(hub.images.requests()).isEmpty();
  }

  @Test
  void aDeletedTagIsMarkedOnceTheSourceHasItNoMore() throws Exception {
    Descriptor image = push("team/app", "v1", 1);
    hub.pushed("team/app", image.digest(), "v1");
    String deletion =
        WatchedHub.notification("delete", "team/app", "", image.digest().toString(), "v1");

    hub.notified(deletion);
    assertThat(hub.tag("team/app", "v1").deleted()).isFalse();

    hub.images.untag(WatchedHub.name("team/app"), "v1");
    hub.notified(deletion);
    assertThat(hub.tag("team/app", "v1").deleted()).isTrue();

    push("team/app", "v1", 1);
    hub.pushed("team/app", image.digest(), "v1");
    assertThat(hub.tag("team/app", "v1").deleted()).isFalse();
  }

  @Test
  void aTagThatItsRuleLeavesOutIsNotObservedButItsDeletionIsHeeded() throws Exception {
    Descriptor image = push("team/app", "v1", 1);
    hub.pushed("team/app", image.digest(), "v1");
    hub.rules = List.of(withTags(new TagSettings(List.of(), List.of("v1*"), null)));
    Descriptor later = push("team/app", "v1.1", 2);

    assertThat(hub.pushed("team/app", later.digest(), "v1.1")).isEmpty();

    hub.images.untag(WatchedHub.name("team/app"), "v1");
    hub.notified(WatchedHub.notification("delete", "team/app", "", "", "v1"));
    assertThat(hub.tag("team/app", "v1").deleted()).isTrue();
  }

  private static RuleSettings withTags(TagSettings tags) {
    return new RuleSettings(
        "**",
        List.of(Mode.PLAIN),
        List.of(),
        3,
        1,
        PlacementSettings.ANYWHERE,
        null,
        tags,
        SuffixSettings.DEFAULT,
        List.of(),
        List.of(),
        List.of(),
        null,
        null);
  }

  @Test
  void aHintAboutSomethingThatIsNotThereLeadsToNothing() throws Exception {
    assertThat(hub.pushed("team/app", Digest.of(new byte[] {1}), "v1")).isEmpty();
  }

  @Test
  void aRegistryThatIsAwayKeepsTheHintWaiting() {
    push("team/app", "v1", 1);
    hub.images
        .faults()
        .always(Faults.ANY, new Fault.Status(503, Optional.of(Duration.ofSeconds(7))));

    assertThatThrownBy(() -> hub.pushed("team/app", Digest.of(new byte[] {1}), "v1"))
        .isInstanceOfSatisfying(
            TransientFailure.class,
            e -> {
              assertThat(e.endpoint()).isEqualTo("registry localhost:5055");
              assertThat(e.retryAfter()).isEqualTo(Duration.ofSeconds(7));
            });
  }

  @Test
  void aRefusedLoginKeepsTheHintWaiting() {
    push("team/app", "v1", 1);
    hub.images.faults().always(Faults.ANY, new Fault.Status(401));

    assertThatThrownBy(() -> hub.pushed("team/app", Digest.of(new byte[] {1}), "v1"))
        .isInstanceOf(TransientFailure.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "no json",
        "[]",
        "{\"events\": 7}",
        "{\"events\": [{\"action\": \"push\", \"target\": {\"mediaType\":"
            + " \"application/vnd.oci.image.manifest.v1+json\", \"repository\": \"UPPER\","
            + " \"tag\": \"v1\"}}]}",
        "{\"events\": [{\"action\": \"push\", \"target\": {\"mediaType\":"
            + " \"application/vnd.oci.image.manifest.v1+json\", \"repository\": \"a\","
            + " \"digest\": \"md5:1\"}}]}"
      })
  void aMalformedBodyIsAPermanentFailure(String body) {
    assertThatThrownBy(() -> hub.notified(body))
        .isInstanceOfSatisfying(
            PermanentFailure.class, e -> assertThat(e.reason()).isEqualTo("MALFORMED_HINT"));
  }

  @Test
  void aHintOfAnUnknownRegistryIsAPermanentFailureThatNamesTheKnownOnes() {
    assertThatThrownBy(() -> hub.handle(hub.hint("other", DistributionEvents.V2, "{}", false)))
        .isInstanceOfSatisfying(
            PermanentFailure.class, e -> assertThat(e.reason()).isEqualTo("UNKNOWN_SOURCE"))
        .hasMessageContaining("other")
        .hasMessageContaining("dev");
  }

  @Test
  void aTruncatedHintLeadsToALookAtTheWholeRegistry() throws Exception {
    hub.handle(hub.hint("dev", DistributionEvents.V2, "{\"events\": [", true));

    assertThat(hub.reconciled).containsExactly("dev");
  }

  @Test
  void aNameThatASiteMissedIsObservedIfRulesNameIt() throws Exception {
    hub.rules = List.of(withTags(new TagSettings(List.of(), List.of("rc*"), null)));
    Descriptor image = push("team/app", "v1", 1);
    push("team/app", "rc1", 2);
    for (String tag : List.of("v1", "rc1", "none")) {
      byte[] body = ReferenceBody.write(new ReferenceHint("team/app", new Tag(tag), null, null));
      hub.handle(
          new Hint(
              Origin.SITE,
              "dev",
              "team/app",
              Hint.REFERENCE,
              Base64.getEncoder().encodeToString(body),
              false,
              hub.clock.instant()));
    }

    assertThat(hub.observed)
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.digest()).isEqualTo(image.digest());
              assertThat(event.origin()).isEqualTo(Origin.SITE);
            });
  }

  @Test
  void whatAUserAsksForIsObservedThoughItIsKnown() throws Exception {
    Descriptor image = push("team/app", "v1", 1);
    hub.pushed("team/app", image.digest(), "v1");
    ConversionRequest request =
        new ConversionRequest(List.of(ModeName.of(Mode.PLAIN)), List.of("linux/amd64"), List.of());
    byte[] body = ReferenceBody.write(new ReferenceHint("team/app", new Tag("v1"), null, request));

    hub.handle(
        new Hint(
            Origin.PUSH,
            "dev",
            "team/app",
            Hint.REFERENCE,
            Base64.getEncoder().encodeToString(body),
            false,
            hub.clock.instant()));

    assertThat(hub.observed).hasSize(2);
    assertThat(hub.observed.getLast().request()).isEqualTo(request);
  }

  private Descriptor push(String repository, String tag, long seed) {
    return hub.images.push(WatchedHub.name(repository), tag, RandomImage.of(seed));
  }
}
