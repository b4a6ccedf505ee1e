package dev.longshore.pinner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.catalog.CatalogRecord;
import dev.longshore.events.Decision.Forget;
import dev.longshore.events.DecisionState;
import dev.longshore.events.ImageState;
import dev.longshore.events.MalformedEventException;
import dev.longshore.events.Origin;
import dev.longshore.events.PinPhase;
import dev.longshore.events.PinState;
import dev.longshore.events.TagState;
import dev.longshore.events.TagState.Version;
import dev.longshore.events.Topic;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.model.Mode;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import dev.longshore.rules.KeepSettings;
import dev.longshore.rules.ReleaseSettings;
import dev.longshore.rules.RuleSettings;
import dev.longshore.runtime.config.PeerPlace;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.testing.Sha256;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Manifests of an index that were observed by their digests, and so are images of their own. */
@Timeout(60)
class IndexChildrenTest {
  private static final RepositoryName APP = RepositoryName.canonical("localhost:5055/team/app");
  private static final String INDEX = "application/vnd.oci.image.index.v1+json";
  private static final KeepSettings NOTHING = new KeepSettings(0, null, null, null, null);

  private final KeptBed bed =
      new KeptBed(
          List.of(rule(NOTHING)), Map.of("a", PeerPlace.of("a"), "b", PeerPlace.of("b")), false);

  private long written = 1_000_000;
  private Cid index;
  private Cid child;
  private Cid signature;
  private Cid old;

  @BeforeEach
  void push() throws Exception {
    bed.knowsImages = true;
    List<Cid> dags = bed.images(List.of("index", "child", "signature", "old"), 2);
    index = dags.get(0);
    child = dags.get(1);
    signature = dags.get(2);
    old = dags.get(3);
    for (String content : List.of("index", "child", "signature", "old")) {
      name(null, content, List.of());
    }
    put(image("signature", signature).boundTo(digest("child")));
  }

  @AfterEach
  void close() {
    bed.close();
  }

  @Test
  void areKeptWithTheirSignaturesAsLongAsTheIndexIs() throws Exception {
    put(image("index", index).naming(List.of(digest("child"))));
    name("1", "index", List.of(version("old")));
    settle();

    await(old, PinPhase.SURPLUS);
    assertThat(List.of(index, child, signature))
        .allSatisfy(dag -> assertThat(phase(dag)).isEqualTo(PinPhase.KEPT));
    pass(Retention.GRACE.plusMinutes(5));
    await(old, PinPhase.GONE);
    List.of(index, child, signature).forEach(dag -> bed.awaitCopies(dag, "a", "b"));

    name("1", "old", List.of(version("index"), version("old")));
    bed.image("old", 2);
    await(child, PinPhase.SURPLUS);
    pass(Retention.GRACE.plusMinutes(5));
    await(index, PinPhase.GONE);
    await(child, PinPhase.GONE);
    await(signature, PinPhase.GONE);
    bed.awaitCopies(old, "a", "b");
  }

  /** As the first releases recorded it. */
  @Test
  void areKeptByAnIndexOfWhichNobodyRecordedWhatItNames() throws Exception {
    ImageState recorded = image("index", index);
    put(
        new ImageState(
            recorded.digest(),
            recorded.recipe(),
            recorded.mode(),
            INDEX,
            recorded.imageDag(),
            recorded.root(),
            recorded.manifest(),
            List.of(),
            1,
            1,
            List.of(),
            recorded.ingestPeer(),
            APP,
            recorded.convertedAt()));
    name("1", "index", List.of(version("old")));
    settle();

    await(old, PinPhase.SURPLUS);
    pass(Retention.GRACE.plusMinutes(5));
    await(old, PinPhase.GONE);
    List.of(index, child, signature).forEach(dag -> bed.awaitCopies(dag, "a", "b"));
  }

  @Test
  void areNotThoseOfAnIndexThatNamesNone() throws Exception {
    put(image("index", index).naming(List.of()));
    name("1", "index", List.of(version("old")));
    settle();

    await(child, PinPhase.SURPLUS);
    pass(Retention.GRACE.plusMinutes(5));
    List.of(old, child, signature).forEach(dag -> await(dag, PinPhase.GONE));
    bed.awaitCopies(index, "a", "b");
  }

  /** An index has its copies, and goes when it is forgotten, whatever is recorded of them. */
  @ParameterizedTest
  @NullSource
  @ValueSource(ints = {0, 1})
  void areNotNeededToForgetTheIndex(@Nullable Integer named) throws Exception {
    put(
        image("index", index)
            .naming(named == null ? null : Collections.nCopies(named, digest("child"))));
    name("1", "index", List.of());
    settle();
    bed.awaitCopies(index, "a", "b");

    bed.write(
        DecisionState.of(
            "forget",
            new Forget("index", List.of(digest("index"))),
            "ann",
            "it had a password",
            bed.clock.instant(),
            null));
    await(index, PinPhase.GONE);
  }

  /** Its conversion failed and it was left: what it names stays as long as it counts itself. */
  @Test
  void areKeptByAVersionOfWhichNothingWasMade() throws Exception {
    bed.configure(List.of(rule(new KeepSettings(1, null, null, null, null))));
    put(image("index", index));
    name("1", "index", List.of(version("unmade"), version("old")));
    settle();

    await(old, PinPhase.SURPLUS);
    pass(Retention.GRACE.plusMinutes(5));
    await(old, PinPhase.GONE);
    List.of(index, child, signature).forEach(dag -> bed.awaitCopies(dag, "a", "b"));
  }

  /** Its conversion failed, or waits: that is no reason to lose what was made of its manifests. */
  @Test
  void areKeptByAnIndexOfWhichNothingWasMade() throws Exception {
    put(image("index", index));
    name("1", "unmade", List.of(version("old")));
    settle();

    await(old, PinPhase.SURPLUS);
    pass(Retention.GRACE.plusMinutes(5));
    await(old, PinPhase.GONE);
    List.of(child, signature).forEach(dag -> bed.awaitCopies(dag, "a", "b"));
    assertThat(List.of(child, signature))
        .allSatisfy(dag -> assertThat(phase(dag)).isEqualTo(PinPhase.KEPT));
  }

  /** It goes though its index stays, which needs the same blocks and keeps them. */
  @Test
  void goAloneIfTheyAloneAreForgotten() throws Exception {
    put(image("index", index).naming(List.of(digest("child"))));
    name("1", "index", List.of());
    settle();
    bed.write(
        DecisionState.of(
            "forget",
            new Forget("child", List.of(digest("child"))),
            "ann",
            "it had a password",
            bed.clock.instant(),
            null));

    await(child, PinPhase.GONE);
    bed.awaitCopies(index, "a", "b");
  }

  private static RuleSettings rule(KeepSettings keep) {
    return new RuleSettings("**", List.of(Mode.PLAIN), List.of(), 2, 1, null)
        .keeping(keep, ReleaseSettings.GUARDED);
  }

  /** Of the same key as that of {@link KeptBed#image}, which it replaces. */
  private ImageState image(String content, Cid dag) {
    return PinBed.image(dag, 6, digest(content).toString(), bed.clock.instant());
  }

  private void put(ImageState image) {
    bed.catalog
        .writer()
        .apply(
            List.of(
                new CatalogRecord(
                    Topic.IMAGES, 0, written++, bed.clock.instant(), image.key(), image)));
  }

  private static Digest digest(String content) {
    return Digest.stored(Sha256.digest(content.getBytes(StandardCharsets.UTF_8)));
  }

  private Version version(String content) {
    Instant now = bed.clock.instant();
    return new Version(digest(content), Origin.WEBHOOK, now, now, now);
  }

  private void name(@Nullable String tag, String content, List<Version> versions)
      throws MalformedEventException {
    Instant now = bed.clock.instant();
    bed.write(
        new TagState(
            APP,
            tag == null ? null : new Tag(tag),
            digest(content),
            INDEX,
            1,
            List.of(),
            false,
            Origin.WEBHOOK,
            now,
            now,
            versions,
            now));
  }

  private void settle() {
    bed.round();
    pass(Duration.ofMinutes(61));
  }

  private void pass(Duration time) {
    bed.clock.advance(time);
    for (int i = 0; i < 3; i++) {
      bed.catalog.writer().complete(bed.clock.instant());
      bed.round();
    }
  }

  private void await(Cid dag, PinPhase phase) {
    Eventually.inRounds(
        dag + " " + phase,
        () -> {
          if (phase(dag) == phase) {
            return true;
          }
          pass(Duration.ZERO);
          return false;
        });
  }

  private PinPhase phase(Cid dag) {
    PinState pin = bed.catalog.pins().of(new ImageDag(dag)).orElseThrow();
    return PinRecord.phase(pin);
  }
}
