package dev.longshore.converter;

import static dev.longshore.converter.TestConverter.APP;
import static dev.longshore.converter.TestConverter.NOON;
import static dev.longshore.converter.TestConverter.observed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.catalog.CatalogRecord;
import dev.longshore.catalog.WorkFailure;
import dev.longshore.events.Decision;
import dev.longshore.events.DecisionState;
import dev.longshore.events.DecisionState.Undone;
import dev.longshore.events.Failed;
import dev.longshore.events.ImageState;
import dev.longshore.events.LongshoreRecord;
import dev.longshore.events.Origin;
import dev.longshore.events.PinPhase;
import dev.longshore.events.PinState;
import dev.longshore.events.TagState;
import dev.longshore.events.Topic;
import dev.longshore.ipfs.Deadline;
import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.model.Mode;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.testing.Fault;
import dev.longshore.rules.RuleSettings;
import dev.longshore.runtime.kafka.step.Effects;
import dev.longshore.testing.RandomImage;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ForgottenImageTest {
  private static final RepositoryName OTHER = RepositoryName.canonical("localhost:5055/other");

  private final TestConverter converter = new TestConverter();
  private final ExecutorService thread = Executors.newVirtualThreadPerTaskExecutor();
  private final BlockingQueue<String> nudged = new LinkedBlockingQueue<>();

  @AfterEach
  void stop() {
    thread.shutdownNow();
  }

  @Test
  void aForgottenImageIsNeverReadInAnyRepository() throws Exception {
    RandomImage image = RandomImage.of(1);
    Descriptor top = converter.registry.push(APP, "1", image);
    converter.registry.push(OTHER, "1", image);
    converter.commit(forget("f1", top.digest()));

    assertThat(converter.handle(observed(APP, "1", top))).isEqualTo(Effects.NONE);
    assertThat(converter.handle(observed(OTHER, "1", top))).isEqualTo(Effects.NONE);
    for (String blob : image.blobs().keySet()) {
      assertThat(converter.registry.reads(Digest.parse(blob))).as(blob).isZero();
    }
    assertThat(results()).isEmpty();
    assertThat(converter.peer.pinned()).isEmpty();
  }

  @Test
  void anImageOfAnotherRepositoryIsNotSharedOnceItIsForgotten() throws Exception {
    RandomImage image = RandomImage.of(1);
    converter.convert(image);
    Descriptor top = converter.registry.push(OTHER, "1", image);
    int before = converter.committed.size();
    converter.commit(forget("f1", top.digest()));

    assertThat(converter.handle(observed(OTHER, "1", top))).isEqualTo(Effects.NONE);
    assertThat(converter.committed).hasSize(before + 1);
  }

  @Test
  void whatWasImportedIsLetGoIfTheDecisionCameMeanwhile() throws Exception {
    var uploads = new Uploads(converter.registry, APP);
    Descriptor layer = uploads.layer(1, 1000);
    Descriptor top = uploads.image(layer);
    var gate = new CountDownLatch(1);
    converter.registry.faults().next(layer.digest().toString(), new Fault.Held(gate));
    Future<Effects> conversion = thread.submit(() -> converter.handle(observed(APP, "1", top)));
    Await.until(() -> converter.registry.reads(layer.digest()) == 1);

    converter.commit(forget("f1", top.digest()));
    gate.countDown();

    assertThat(conversion.get().records()).isEmpty();
    assertThat(results()).isEmpty();
    assertThat(converter.peer.pinned()).isEmpty();
  }

  /** Another source may have given the same DAG. */
  @Test
  void whatAnotherImageNeedsIsNotLetGo() throws Exception {
    RandomImage image = RandomImage.of(1);
    ImageState here = converter.convert(image);
    converter.commit(forget("f1", here.digest()));
    converter.handle(observed(APP, "1", converter.registry.push(APP, "1", image)));

    assertThat(converter.peer.pinned()).containsKey(here.imageDag().cid());
  }

  @Test
  void afterAnUndoItIsConvertedAgainWithoutAPushAsSoonAsTheDecisionIsThere() throws Exception {
    ImageState image = forgottenAndGone();
    UndoneForgets undone = converter.undoneForgets(nudged::add);
    undone.start();
    try {
      assertThat(nudged.poll(100, TimeUnit.MILLISECONDS)).isNull();
      converter.commit(undone("f1", image.digest()));

      String key = nudged.poll(20, TimeUnit.SECONDS);
      assertThat(key).isEqualTo(TagState.key(APP, new Tag("1")));
      int before = converter.announced().size();
      converter.handle(key, null);
      assertThat(converter.announced()).hasSize(before + 1);
      assertThat(converter.peer.pinned()).containsKey(image.imageDag().cid());
    } finally {
      undone.stop(Duration.ofSeconds(5));
    }
  }

  /** The pinner may have taken off some copies already. */
  @Test
  void anUndoInTheMiddleOfTheReleaseTellsThePinnerAnew() throws Exception {
    RandomImage content = RandomImage.of(1);
    ImageState image = converter.convert(content);
    converter.commit(forget("f1", image.digest()));
    converter.commit(
        new PinState(
            image.imageDag(),
            3,
            List.of(),
            null,
            true,
            NOON,
            null,
            1,
            NOON,
            null,
            null,
            PinPhase.RELEASING,
            NOON));
    converter.commit(undone("f1", image.digest()));
    int before = converter.announced().size();

    converter.handle(observed(APP, "1", converter.registry.push(APP, "1", content)));
    assertThat(converter.announced()).hasSize(before + 1);
  }

  @Test
  void afterARestartItIsLookedForAgainUntilTheStepTakesIt() throws Exception {
    ImageState image = forgottenAndGone();
    converter.commit(undone("f1", image.digest()));
    AtomicBoolean refused = new AtomicBoolean();
    UndoneForgets undone =
        converter.undoneForgets(key -> refused.getAndSet(true) && nudged.add(key));
    undone.start();
    try {
      assertThat(nudged.poll(20, TimeUnit.SECONDS)).isNotNull();
    } finally {
      undone.stop(Duration.ofSeconds(5));
    }
  }

  @Test
  void namesThatHaveCopiesOrFailedForGoodOrMovedOnAreLeftAlone() throws Exception {
    ImageState image = forgottenAndGone();
    RandomImage next = RandomImage.of(2);
    Descriptor moved = converter.registry.push(APP, "2", next);
    converter.commit(tag("2", moved, image.digest()));
    converter.commit(undone("f1", image.digest()));
    failedForGood(TagState.key(APP, new Tag("1")));
    UndoneForgets undone = converter.undoneForgets(nudged::add);
    undone.start();
    try {
      assertThat(nudged.poll(200, TimeUnit.MILLISECONDS)).isNull();
    } finally {
      undone.stop(Duration.ofSeconds(5));
    }
  }

  /** Both were made; then the rule dropped one, so only the other comes back. */
  @Test
  void aModeThatItsRuleNoLongerAsksForIsNotAskedForForEver() throws Exception {
    converter.restart(rules(Mode.PLAIN, Mode.ESTARGZ));
    Descriptor top = converter.registry.push(APP, "1", RandomImage.of(1));
    converter.commit(tag("1", top));
    converter.handle(observed(APP, "1", top));
    List<ImageState> made = converter.catalog.conversions().ofDigest(top.digest());
    assertThat(made).hasSize(2);
    for (ImageState image : made) {
      boolean plain = image.mode().is(Mode.PLAIN);
      converter.commit(plain ? verified(image.imageDag()) : gone(image.imageDag()));
    }
    Descriptor lacking = converter.registry.push(APP, "2", RandomImage.of(2));
    converter.commit(tag("2", lacking));
    converter.commit(undone("f1", top.digest()));
    converter.commit(undone("f2", lacking.digest()));
    converter.restart(rules(Mode.PLAIN));

    assertThat(firstNudged()).isEqualTo(TagState.key(APP, new Tag("2")));
    converter.restart(rules(Mode.PLAIN, Mode.ESTARGZ));
    assertThat(firstNudged()).isEqualTo(TagState.key(APP, new Tag("1")));
  }

  /** They are looked at in the order of their decisions. */
  private @Nullable String firstNudged() throws InterruptedException {
    nudged.clear();
    UndoneForgets undone = converter.undoneForgets(nudged::add);
    undone.start();
    try {
      return nudged.poll(20, TimeUnit.SECONDS);
    } finally {
      undone.stop(Duration.ofSeconds(5));
    }
  }

  private static List<RuleSettings> rules(Mode... modes) {
    return List.of(new RuleSettings("**", List.of(modes), List.of(), 3, 1, null));
  }

  private static PinState verified(ImageDag dag) {
    return new PinState(
        dag, 1, List.of(), null, true, NOON, null, 1, NOON, NOON, NOON, PinPhase.KEPT, NOON);
  }

  private void failedForGood(String key) {
    Failed failed =
        new Failed(
            key,
            "convert",
            "MANIFEST_UNKNOWN",
            "GET manifest: 404",
            "observed",
            0,
            0,
            NOON.plusSeconds(60));
    converter
        .catalog
        .writer()
        .apply(
            List.of(
                new CatalogRecord(
                    Topic.FAILED, 0, 0, failed.failedAt(), key, null, WorkFailure.of(failed))));
  }

  /** Everything of it was released, and its blocks are collected. */
  private ImageState forgottenAndGone() throws Exception {
    RandomImage content = RandomImage.of(1);
    ImageState image = converter.convert(content);
    converter.commit(tag("1", converter.registry.push(APP, "1", content)));
    converter.commit(forget("f1", image.digest()));
    converter.commit(gone(image.imageDag()));
    converter.peer.unpin(image.imageDag().cid(), "", Deadline.after(Duration.ofSeconds(20)));
    converter.peer.collectGarbage(Deadline.after(Duration.ofSeconds(20)));
    return image;
  }

  private List<LongshoreRecord> results() {
    return converter.committed.stream().filter(ImageState.class::isInstance).toList();
  }

  private static DecisionState forget(String id, Digest digest) {
    return DecisionState.of(
        id, new Decision.Forget("app:1", List.of(digest)), "alice", "a key", NOON, null);
  }

  private static DecisionState undone(String id, Digest digest) {
    DecisionState d = forget(id, digest);
    return new DecisionState(
        id,
        2,
        d.by(),
        d.reason(),
        d.decidedAt(),
        null,
        new Undone("bob", "a test key", NOON),
        d.forget(),
        null,
        null,
        null);
  }

  private static PinState gone(ImageDag dag) {
    return new PinState(
        dag, 1, List.of(), null, true, NOON, null, 0, NOON, null, null, PinPhase.GONE, NOON);
  }

  private static TagState tag(String tag, Descriptor top, Digest... before) {
    return new TagState(
        APP,
        new Tag(tag),
        top.digest(),
        top.mediaType(),
        top.size(),
        List.of(before),
        false,
        Origin.WEBHOOK,
        NOON,
        NOON);
  }
}
