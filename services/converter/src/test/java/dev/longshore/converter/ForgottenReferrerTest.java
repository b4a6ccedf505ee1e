package dev.longshore.converter;

import static dev.longshore.converter.TestConverter.APP;
import static dev.longshore.converter.TestConverter.NOON;
import static dev.longshore.converter.TestConverter.observed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.Decision;
import dev.longshore.events.DecisionState;
import dev.longshore.events.DecisionState.Undone;
import dev.longshore.events.ImageState;
import dev.longshore.events.Observed;
import dev.longshore.events.Origin;
import dev.longshore.events.TagState;
import dev.longshore.model.Digest;
import dev.longshore.model.Tag;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.ImageManifest;
import dev.longshore.oci.ManifestHead;
import dev.longshore.oci.MediaType;
import dev.longshore.oci.testing.Fault;
import dev.longshore.runtime.kafka.step.Effects;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Signatures and the like that are attached to an image after people decided to forget it. */
@Timeout(30)
class ForgottenReferrerTest {
  private final TestConverter converter = new TestConverter();
  private final Uploads uploads = new Uploads(converter.registry, APP);
  private final ExecutorService thread = Executors.newVirtualThreadPerTaskExecutor();
  private final Descriptor subject = uploads.image(uploads.layer(1, 100));
  private final Descriptor says = uploads.layer(2, 1000);

  @AfterEach
  void stop() {
    thread.shutdownNow();
  }

  private Descriptor referrer(Descriptor of) {
    return uploads.push(
        ImageManifest.of(
            ManifestHead.of(MediaType.OCI_MANIFEST).withSubject(of),
            uploads.config(),
            List.of(says)));
  }

  private static DecisionState forget(Digest digest) {
    return DecisionState.of(
        "f1", new Decision.Forget("app:1", List.of(digest)), "alice", "a key", NOON, null);
  }

  private static DecisionState undone(Digest digest) {
    return forget(digest).undone(new Undone("bob", "a test key", NOON));
  }

  private static Tag signature(Digest of) {
    return new Tag("sha256-" + of.hex() + ".sig");
  }

  private static TagState named(@Nullable Tag tag, Descriptor top) {
    return new TagState(
        APP,
        tag,
        top.digest(),
        top.mediaType(),
        top.size(),
        List.of(),
        false,
        Origin.POLL,
        NOON,
        NOON);
  }

  private void isNotMirrored(Observed what) throws Exception {
    assertThat(converter.handle(what)).isEqualTo(Effects.NONE);
    assertThat(converter.committed).noneMatch(ImageState.class::isInstance);
    assertThat(converter.peer.pinned()).isEmpty();
  }

  private List<String> askedFor() {
    List<String> nudged = new ArrayList<>();
    converter.undoneForgets(nudged::add).round();
    return nudged;
  }

  @Test
  void whatNamesItAsItsSubjectIsNotMirrored() throws Exception {
    converter.commit(forget(subject.digest()));
    isNotMirrored(observed(APP, null, referrer(subject)));
    assertThat(converter.registry.reads(says.digest())).isZero();
  }

  @Test
  void whatItsTagSaysBelongsToItIsNotMirrored() throws Exception {
    Descriptor top = uploads.image(says);
    converter.commit(forget(subject.digest()));
    isNotMirrored(observed(APP, signature(subject.digest()).text(), top));
    assertThat(converter.registry.reads(top.digest())).isZero();
  }

  @Test
  void whatWasImportedIsLetGoIfTheDecisionCameMeanwhile() throws Exception {
    Descriptor top = referrer(subject);
    var gate = new CountDownLatch(1);
    converter.registry.faults().next(says.digest().toString(), new Fault.Held(gate));
    Future<Effects> conversion = thread.submit(() -> converter.handle(observed(APP, null, top)));
    Await.until(() -> converter.registry.reads(says.digest()) == 1);

    converter.commit(forget(subject.digest()));
    gate.countDown();

    assertThat(conversion.get().records()).isEmpty();
    assertThat(converter.peer.pinned()).isEmpty();
  }

  @Test
  void whatBelongsToOthersIsMirrored() throws Exception {
    converter.commit(forget(subject.digest()));
    Descriptor other = uploads.image(uploads.layer(3, 100));
    assertThat(converter.handle(observed(APP, null, referrer(other))).records()).isNotEmpty();
    String tag = signature(other.digest()).text();
    assertThat(converter.handle(observed(APP, tag, uploads.image(says))).records()).isNotEmpty();
  }

  @Test
  void afterAnUndoItIsAskedForWithItsSubject() throws Exception {
    Descriptor top = referrer(subject);
    Descriptor signature = uploads.image(says);
    converter.commit(named(new Tag("1"), subject));
    converter.commit(named(null, top));
    converter.commit(named(signature(subject.digest()), signature));
    converter.commit(forget(subject.digest()));
    isNotMirrored(observed(APP, null, top));
    assertThat(askedFor()).isEmpty();

    converter.commit(undone(subject.digest()));
    assertThat(askedFor())
        .containsExactlyInAnyOrder(
            TagState.key(APP, new Tag("1")),
            TagState.key(APP, top.digest()),
            TagState.key(APP, signature(subject.digest())));
    assertThat(converter.handle(TagState.key(APP, top.digest()), null).records()).isNotEmpty();
  }
}
