package dev.longshore.watcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.longshore.events.Hint;
import dev.longshore.events.Origin;
import dev.longshore.events.TagState;
import dev.longshore.events.TagState.Notified;
import dev.longshore.events.TagState.Version;
import dev.longshore.model.Digest;
import dev.longshore.oci.Descriptor;
import dev.longshore.testing.RandomImage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A tag's record says what it pointed to, and from when to when. */
class TagVersionsTest {
  private static final Notified TOLD =
      new Notified("distribution", Instant.parse("2026-01-01T00:00:00Z"));

  private final WatchedHub hub = new WatchedHub();

  @Test
  void aNewTagHasLeftNothing() throws Exception {
    push(1);

    assertThat(tag().versions()).isEmpty();
  }

  @Test
  void eachVersionThatTheTagLeftHasItsTimesThoughItCameTwice() throws Exception {
    Instant first = hub.clock.instant();
    Digest a = push(1);
    Instant second = later();
    Digest b = push(2);
    Instant third = later();
    push(1);
    Instant fourth = later();
    Digest c = push(3);

    assertThat(tag().digest()).isEqualTo(c);
    assertThat(tag().versions())
        .containsExactly(
            version(a, third, fourth), version(b, second, third), version(a, first, second));
  }

  @Test
  void aDeletionEndsAVersionAndAReturnBeginsOne() throws Exception {
    Instant first = hub.clock.instant();
    Digest a = push(1);
    Instant deleted = later();
    delete();

    assertThat(tag().deleted()).isTrue();
    assertThat(tag().versions()).containsExactly(version(a, first, deleted));

    Instant back = later();
    push(1);
    assertThat(tag().deleted()).isFalse();
    assertThat(tag().versions()).containsExactly(version(a, first, deleted));

    Instant moved = later();
    push(2);
    assertThat(tag().versions())
        .containsExactly(version(a, back, moved), version(a, first, deleted));
  }

  @Test
  void aTagThatComesBackToAnotherImageLeftTheOldOneOnce() throws Exception {
    Instant first = hub.clock.instant();
    Digest a = push(1);
    Instant deleted = later();
    delete();
    later();
    push(2);

    assertThat(tag().versions()).containsExactly(version(a, first, deleted));
  }

  @Test
  void whatIsPushedAgainAndDeletedTwiceIsNoVersion() throws Exception {
    Instant first = hub.clock.instant();
    Digest a = push(1);
    later();
    push(1);
    assertThat(tag().versions()).isEmpty();

    Instant deleted = later();
    delete();
    later();
    delete();
    assertThat(tag().versions()).containsExactly(version(a, first, deleted));
  }

  @Test
  void theNewestVersionsAreKept() throws Exception {
    List<Digest> pushed = new ArrayList<>();
    for (int i = 0; i < TagState.VERSIONS + 3; i++) {
      pushed.add(push(i % 5));
      later();
    }

    List<Digest> left = pushed.subList(2, TagState.VERSIONS + 2).reversed();
    assertThat(tag().versions()).extracting(Version::digest).containsExactlyElementsOf(left);
  }

  /**
   * The first release wrote no versions, and the time of the deletion where that of the look is.
   */
  @Test
  void aTagThatTheFirstReleaseSawDeletedHasLeftItsImageThen() throws Exception {
    Instant first = hub.clock.instant();
    Digest a = push(1);
    TagState before = tag();
    hub.learn(
        new TagState(
            before.name(),
            before.tag(),
            a,
            before.mediaType(),
            before.size(),
            before.previous(),
            true,
            Origin.WEBHOOK,
            first,
            first));
    later();

    push(2);

    assertThat(tag().versions())
        .containsExactly(new Version(a, Origin.WEBHOOK, first, first, first));
  }

  @Test
  void whatWasSeenFirstIsKeptThroughMovesDeletionsAndReturns() throws Exception {
    Instant first = hub.clock.instant();
    Digest a = push(1);
    assertThat(tag().firstSeenAt()).isEqualTo(first);
    later();
    push(2);
    assertThat(tag().firstSeenAt()).isEqualTo(first);
    later();
    delete();
    assertThat(tag().firstSeenAt()).isEqualTo(first);
    later();
    push(1);
    assertThat(tag().firstSeenAt()).isEqualTo(first);
    assertThat(digest(a).firstSeenAt()).isEqualTo(first);
    for (int i = 0; i < TagState.VERSIONS + 3; i++) {
      later();
      push(i % 5);
    }

    assertThat(tag().versions()).extracting(Version::observedAt).doesNotContain(first);
    assertThat(tag().firstSeenAt()).isEqualTo(first);
  }

  @Test
  void aTagOfAnEarlierReleaseWasFirstSeenAtTheOldestLookOfItsRecord() throws Exception {
    Instant oldest = hub.clock.instant();
    push(1);
    later();
    push(2);
    hub.learn(unsaid(tag(), tag().versions()));
    assertThat(tag().firstSeenAt()).as("not said until it is written again").isNull();
    later();
    push(2);
    assertThat(tag().firstSeenAt()).as("nothing was news").isNull();

    push(3);

    assertThat(tag().firstSeenAt()).isEqualTo(oldest);
  }

  @Test
  void aTagOfTheFirstReleaseWasFirstSeenAtItsLastLook() throws Exception {
    push(1);
    Instant last = later();
    push(2);
    hub.learn(unsaid(tag(), List.of()));
    later();

    delete();

    assertThat(tag().firstSeenAt()).isEqualTo(last);
  }

  @Test
  void aVersionWithoutALookDoesNotSayWhenItsTagWasSeen() throws Exception {
    push(1);
    Instant seen = later();
    Digest b = push(2);
    Version delivered = new Version(b, Origin.WEBHOOK, seen, null, seen);
    hub.learn(unsaid(tag(), List.of(delivered)));
    later();

    push(3);

    assertThat(tag().firstSeenAt()).isEqualTo(seen);
  }

  /** The next push came between the poll and the look that its hint led to. */
  @Test
  void aVersionThatAPollSawIsRecordedThoughItsTagMovedOn() throws Exception {
    Descriptor seen = image(1);
    List<Hint> hints = new ArrayList<>();
    hub.poll("team/app", hints::add);
    Descriptor now = image(2);

    hub.handle(hints.getFirst());

    assertThat(tag().digest()).isEqualTo(now.digest());
    assertThat(tag().versions())
        .extracting(Version::digest, Version::origin, Version::observedAt)
        .containsExactly(tuple(seen.digest(), Origin.BACKFILL, null));
  }

  @Test
  void aVersionThatWasDeliveredAfterTheNextIsRecordedOnceInItsPlace() throws Exception {
    Digest first = push(1);
    Instant second = later();
    Descriptor late = image(2);
    later();
    Digest last = push(3);
    String told = told(late, second);

    hub.notified(told);
    hub.notified(told);

    assertThat(tag().digest()).isEqualTo(last);
    assertThat(tag().versions()).extracting(Version::digest).containsExactly(late.digest(), first);
    assertThat(tag().versions().getFirst().observedAt()).isNull();
    assertThat(tag().versions().getFirst().notified())
        .isEqualTo(new Notified("distribution", second));
    assertThat(tag().previous()).as("none that was not seen is served").containsExactly(first);
  }

  @Test
  void aVersionThatWasDeliveredLastIsNotPutBeforeOnesThatCameAfterIt() throws Exception {
    Descriptor older = image(1);
    Instant first = later();
    Descriptor newer = image(2);
    Instant second = later();
    Digest last = push(3);

    hub.notified(told(newer, second));
    hub.notified(told(older, first));

    assertThat(tag().digest()).isEqualTo(last);
    assertThat(tag().versions())
        .extracting(Version::digest)
        .containsExactly(newer.digest(), older.digest());
  }

  @Test
  void aVersionThatWasDeletedBeforeTheLookIsRecorded() throws Exception {
    Descriptor pushed = image(1);
    hub.images.untag(WatchedHub.name("team/app"), "v1");

    hub.pushed("team/app", pushed.digest(), "v1");

    assertThat(tag().deleted()).isTrue();
    assertThat(tag().versions()).extracting(Version::digest).containsExactly(pushed.digest());
  }

  /** Only what the registry has is believed. */
  @Test
  void aForgedVersionIsNotRecorded() throws Exception {
    push(1);

    hub.pushed("team/app", Digest.of(new byte[] {1}), "v1");

    assertThat(tag().versions()).isEmpty();
  }

  @Test
  void aClockThatIsSetBackMakesNoVersionLeaveBeforeItCame() throws Exception {
    Digest a = push(1);
    Instant came = tag().observedAt();
    hub.clock.advance(Duration.ofHours(-1));

    push(2);

    assertThat(tag().versions()).containsExactly(version(a, came, came));
    assertThat(tag().observedAt()).isEqualTo(came);
    hub.clock.advance(Duration.ofHours(-1));
    delete();
    assertThat(tag().observedAt()).isEqualTo(came);
  }

  private Descriptor image(int seed) {
    return hub.images.push(WatchedHub.name("team/app"), "v1", RandomImage.of(seed));
  }

  private static String told(Descriptor pushed, Instant at) {
    return WatchedHub.notification(
            "push", "team/app", pushed.mediaType(), pushed.digest().toString(), "v1")
        .replace("2026-01-01T00:00:00Z", at.toString());
  }

  private static TagState unsaid(TagState tag, List<Version> versions) {
    return new TagState(
        tag.name(),
        tag.tag(),
        tag.digest(),
        tag.mediaType(),
        tag.size(),
        tag.previous(),
        tag.deleted(),
        tag.origin(),
        tag.hintedAt(),
        tag.observedAt(),
        versions,
        null);
  }

  @Test
  void aDigestHasNoVersions() throws Exception {
    Digest a = push(1);
    later();
    push(2);
    later();
    push(1);

    assertThat(digest(a).versions()).isEmpty();
  }

  private TagState digest(Digest digest) {
    String key = TagState.key(WatchedHub.name("team/app"), digest);
    return hub.catalog.tags().byKey(key).orElseThrow();
  }

  private Instant later() {
    hub.clock.advance(Duration.ofMinutes(1));
    return hub.clock.instant();
  }

  private Digest push(int image) throws Exception {
    Descriptor pushed = hub.images.push(WatchedHub.name("team/app"), "v1", RandomImage.of(image));
    hub.pushed("team/app", pushed.digest(), "v1");
    return pushed.digest();
  }

  private void delete() throws Exception {
    hub.images.untag(WatchedHub.name("team/app"), "v1");
    hub.notified(WatchedHub.notification("delete", "team/app", "", "", "v1"));
  }

  private TagState tag() {
    return hub.tag("team/app", "v1");
  }

  private static Version version(Digest digest, Instant from, Instant to) {
    return new Version(digest, Origin.WEBHOOK, from, from, to, TOLD);
  }
}
