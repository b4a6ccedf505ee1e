package dev.longshore.converter;

import static dev.longshore.converter.TestConverter.APP;
import static dev.longshore.converter.TestConverter.observed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.longshore.converter.mode.CanonicalRecipe;
import dev.longshore.events.BlobState;
import dev.longshore.events.Converted;
import dev.longshore.events.CopyStatus;
import dev.longshore.events.Evidence;
import dev.longshore.events.ImageState;
import dev.longshore.events.PinState;
import dev.longshore.model.Digest;
import dev.longshore.model.Mode;
import dev.longshore.model.PeerName;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.testing.Fault;
import dev.longshore.rules.RuleSettings;
import dev.longshore.runtime.kafka.step.Effects;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import dev.longshore.testing.RandomImage;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Nobody gets content of another repository by naming its digest. */
@Timeout(30)
class OtherRepositoryTest {
  private static final RepositoryName OTHER = RepositoryName.canonical("localhost:5055/mallory/x");
  private static final RepositoryName SAME_PATH =
      RepositoryName.canonical("localhost:5056/" + APP.repository());

  @TempDir Path folder;
  private TestConverter converter = new TestConverter();
  private Uploads own = new Uploads(converter.registry, APP);
  private Uploads others = new Uploads(converter.registry, OTHER);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  @Test
  void aForeignLayerThatOnlyAnotherOneServesIsLeftOut() throws Exception {
    Descriptor layer = own.layer(1, 5000);
    converter.handle(observed(APP, "1", own.image(layer)));
    Descriptor image = others.image(Uploads.foreign(layer));

    converter.handle(observed(OTHER, "1", image));

    ImageState state = state(OTHER, image);
    assertThat(state.missing()).containsExactly(layer.digest());
    assertThat(new StoredLayout(converter.peer, state).names())
        .contains(others.config().digest().hex())
        .doesNotContain(layer.digest().hex());
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void aLayerThatOnlyAnotherOneServesIsUnknown(Mode mode) throws Exception {
    inMode(mode);
    RandomImage image = RandomImage.of(31);
    converter.convert(image);
    Descriptor manifestAlone = pushManifests(OTHER, Modes.spaced(image));

    assertThat(refused(OTHER, manifestAlone)).isEqualTo("BLOB_UNKNOWN");
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void anImageThatOnlyAnotherOneServesIsUnknown(Mode mode) throws Exception {
    inMode(mode);
    RandomImage image = RandomImage.of(32);
    ImageState state = converter.convert(image);
    Descriptor manifestAlone = pushManifests(OTHER, image);

    assertThat(refused(OTHER, manifestAlone)).isEqualTo("BLOB_UNKNOWN");
    converter.commit(pins(state));
    assertThat(refused(OTHER, manifestAlone)).isEqualTo("BLOB_UNKNOWN");

    assertThat(converter.catalog.conversions().ofDigest(state.digest())).containsExactly(state);
  }

  @Test
  void anImageThatAnotherOneServesWholeIsWithoutWhatThisOneLacks() throws Exception {
    Descriptor layer = own.layer(2, 5000);
    Descriptor image = own.image(Uploads.foreign(layer));
    converter.handle(observed(APP, "1", image));
    ImageState whole = state(APP, image);
    others.image(Uploads.foreign(layer));

    converter.handle(observed(OTHER, "1", image));

    assertThat(state(APP, image)).isEqualTo(whole);
    assertThat(state(OTHER, image).missing()).containsExactly(layer.digest());
    assertThat(converter.peer.pinned())
        .containsOnlyKeys(whole.imageDag().cid(), state(OTHER, image).imageDag().cid());
  }

  @Test
  void anImageThatAnotherOneLackedPartsOfIsMadeWhole() throws Exception {
    Descriptor layer = own.layer(3, 5000);
    Descriptor image = others.image(Uploads.foreign(layer));
    converter.handle(observed(OTHER, "1", image));
    ImageState lacking = state(OTHER, image);
    own.image(Uploads.foreign(layer));

    converter.handle(observed(APP, "1", image));

    assertThat(state(APP, image).missing()).isEmpty();
    assertThat(state(OTHER, image)).isEqualTo(lacking);
  }

  @Test
  void anImageOfAnEarlierReleaseIsShownToBeForWhoeverServesIt() throws Exception {
    Descriptor layer = own.layer(13, 5000);
    Descriptor image = own.image(layer);
    converter.handle(observed(APP, "1", image));
    others.layer(13, 5000);
    others.image(layer);
    ImageState first = state(APP, image);
    converter.forget(first);
    converter.commit(ofFirstRelease(first));

    Effects reader = converter.handle(observed(APP, "2", image));
    Effects another = converter.handle(observed(OTHER, "1", image));

    assertThat(reader.records()).contains(first.alsoFor(APP, TestConverter.NOON));
    assertThat(another.records()).contains(forOther(first));
    assertThat(converter.registry.reads(layer.digest())).isEqualTo(1);
  }

  /** As the first release gave another one's layer to whoever named it as a foreign one. */
  @Test
  void anImageOfAnEarlierReleaseThatItsOwnRepositoryDoesNotServeIsMadeAnew() throws Exception {
    Descriptor layer = own.layer(15, 5000);
    Descriptor image = others.image(Uploads.foreign(layer));
    others.layer(15, 5000);
    converter.handle(observed(OTHER, "1", image));
    ImageState tooMuch = state(OTHER, image);
    converter.forget(tooMuch);
    converter.commit(ofFirstRelease(tooMuch));
    converter.commit(ofFirstRelease(layer));
    converter.restart(List.of());
    converter.registry.delete(OTHER, layer.digest());

    converter.handle(observed(OTHER, "1", image));

    assertThat(tooMuch.missing()).isEmpty();
    assertThat(state(OTHER, image).missing()).containsExactly(layer.digest());
  }

  @Test
  void aLayerOnItsWayForOneIsNotGivenToAnother() throws Exception {
    Descriptor layer = own.layer(4, 5000);
    Descriptor first = own.image(layer);
    Descriptor second = others.image(Uploads.foreign(layer), others.layer(16, 10));
    var gate = new CountDownLatch(1);
    converter.registry.faults().next(layer.digest().toString(), new Fault.Held(gate));
    Future<Effects> serving = threads.submit(() -> converter.handle(observed(APP, "1", first)));
    Await.until(() -> converter.registry.reads(layer.digest()) == 1);
    Future<Effects> lacking = threads.submit(() -> converter.handle(observed(OTHER, "1", second)));
    Await.until(() -> converter.registry.reads(others.layer(16, 10).digest()) == 1);

    gate.countDown();

    serving.get();
    lacking.get();
    assertThat(state(APP, first).missing()).isEmpty();
    assertThat(state(OTHER, second).missing()).containsExactly(layer.digest());
  }

  @Test
  void aLayerOnItsWayForOneIsReadOnceForAllThatServeIt() throws Exception {
    Descriptor layer = own.layer(5, 5000);
    others.layer(5, 5000);
    Descriptor first = own.image(layer);
    Descriptor second = others.image(layer, others.layer(6, 10));
    var gate = new CountDownLatch(1);
    converter.registry.faults().next(layer.digest().toString(), new Fault.Held(gate));
    Future<Effects> one = threads.submit(() -> converter.handle(observed(APP, "1", first)));
    Await.until(() -> converter.registry.reads(layer.digest()) == 1);
    Future<Effects> two = threads.submit(() -> converter.handle(observed(OTHER, "1", second)));
    Await.until(() -> converter.registry.reads(others.layer(6, 10).digest()) == 1);

    gate.countDown();

    one.get();
    two.get();
    assertThat(converter.registry.reads(layer.digest())).isEqualTo(1);
    assertThat(converter.announced()).hasSize(2);
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void whatItServesTooIsNotReadAgain(Mode mode) throws Exception {
    inMode(mode);
    RandomImage image = RandomImage.of(33);
    converter.convert(image);
    Descriptor another = others.push(Modes.spaced(image));
    List<Descriptor> layers = layers(image);

    converter.handle(observed(OTHER, "1", another));

    assertThat(layers)
        .allSatisfy(layer -> assertThat(converter.registry.reads(layer.digest())).isEqualTo(1));
    assertThat(converter.registry.asked(OTHER))
        .containsAll(layers.stream().map(Descriptor::digest).toList());
    assertThat(converter.announced()).hasSize(2);
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void anImageThatItServesTooIsNotReadAgain(Mode mode) throws Exception {
    inMode(mode);
    RandomImage image = RandomImage.of(34);
    ImageState state = converter.convert(image);
    Descriptor same = others.push(image);
    List<Descriptor> layers = layers(image);

    Effects held = converter.handle(observed(OTHER, "1", same));
    converter.commit(pins(state));
    Effects settled = converter.handle(observed(OTHER, "2", same));

    assertThat(held.records())
        .satisfiesExactly(
            shown -> assertThat(shown).isEqualTo(forOther(state)),
            told ->
                assertThat(told)
                    .isInstanceOfSatisfying(
                        Converted.class,
                        converted -> {
                          assertThat(converted.imageDag()).isEqualTo(state.imageDag());
                          assertThat(converted.name().repository()).isEqualTo(OTHER.repository());
                        }));
    assertThat(settled).isEqualTo(Effects.NONE);
    assertThat(converter.catalog.conversions().ofDigest(state.digest())).containsExactly(state);
    assertThat(layers)
        .allSatisfy(layer -> assertThat(converter.registry.reads(layer.digest())).isEqualTo(1));
    assertThat(converter.registry.asked(OTHER))
        .containsAll(layers.stream().map(Descriptor::digest).toList());
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void anImageThatItServesTooIsMadeOnceBeforeItsRecordIsSeen(Mode mode) throws Exception {
    inMode(mode);
    RandomImage image = RandomImage.of(35);
    Descriptor first = own.push(image);
    Effects unseen = converter.uncommitted(observed(APP, "1", first));
    ImageState made =
        unseen.records().stream()
            .filter(ImageState.class::isInstance)
            .map(ImageState.class::cast)
            .findFirst()
            .orElseThrow();
    Effects again = converter.uncommitted(observed(APP, "1", first));

    Effects shared = converter.handle(observed(OTHER, "1", others.push(image)));

    assertThat(shared.records()).contains(forOther(made));
    assertThat(again.records()).hasSameSizeAs(unseen.records());
    assertThat(converter.peer.pinned()).containsOnlyKeys(made.imageDag().cid());
  }

  @Test
  void aRepositoryIsNotAskedForWhatWasReadFromIt() throws Exception {
    Descriptor layer = own.layer(7, 5000);
    converter.handle(observed(APP, "1", own.image(layer)));
    converter.restart(List.of());

    converter.handle(observed(APP, "2", own.image(layer, own.layer(8, 10))));

    assertThat(converter.registry.reads(layer.digest())).isEqualTo(1);
    assertThat(converter.registry.asked(APP)).isEmpty();
  }

  @Test
  void aRepositoryOfThatNameInAnotherRegistryIsAnother() throws Exception {
    Descriptor layer = own.layer(9, 5000);
    converter.handle(observed(APP, "1", own.image(layer)));
    var elsewhere = new Uploads(converter.registry, SAME_PATH);

    assertThat(refused(SAME_PATH, elsewhere.image(layer))).isEqualTo("BLOB_UNKNOWN");
  }

  /** Whoever runs a registry has it answer any HEAD. */
  @Test
  void anotherRegistryIsReadWhateverItSaysThatItServes() throws Exception {
    Descriptor layer = own.layer(14, 5000);
    Descriptor image = own.image(layer);
    converter.handle(observed(APP, "1", image));
    var elsewhere = new Uploads(converter.registry, SAME_PATH);
    elsewhere.layer(14, 5000);

    converter.handle(observed(SAME_PATH, "1", elsewhere.image(layer)));

    assertThat(converter.registry.asked(SAME_PATH)).isEmpty();
    assertThat(converter.registry.reads(layer.digest())).isEqualTo(2);
    assertThat(state(SAME_PATH, image).evidence()).isEqualTo(Evidence.READ);
  }

  @Test
  void aRecordOfAnEarlierReleaseDoesNotSayWhereItWasRead() throws Exception {
    Descriptor layer = own.layer(10, 5000);
    converter.handle(observed(APP, "1", own.image(layer)));
    converter.commit(ofFirstRelease(layer));
    converter.restart(List.of());

    assertThat(refused(OTHER, others.image(layer))).isEqualTo("BLOB_UNKNOWN");
    converter.handle(observed(APP, "2", own.image(layer, own.layer(11, 10))));

    assertThat(converter.registry.asked(APP)).containsExactly(layer.digest());
    assertThat(converter.registry.reads(layer.digest())).isEqualTo(2);
  }

  @Test
  void aLayerOfAnotherSizeThanItIsNamedWithIsRefused() throws Exception {
    Descriptor layer = own.layer(12, 5000);
    converter.handle(observed(APP, "1", own.image(layer)));
    others.layer(12, 5000);

    Descriptor larger = layer.withContent(layer.digest(), layer.size() + 1);

    assertThat(refused(OTHER, others.image(larger))).isEqualTo("DIGEST_MISMATCH");
  }

  private void inMode(Mode mode) {
    List<String> recipients =
        mode == Mode.ENCRYPTED ? List.of(Modes.recipient(folder, Modes.keys())) : List.of();
    List<RuleSettings> rules = List.of(Modes.rule("**", List.of(mode), recipients));
    converter = new TestConverter(TestConverter.SETTINGS, rules);
    own = new Uploads(converter.registry, APP);
    others = new Uploads(converter.registry, OTHER);
  }

  private String refused(RepositoryName name, Descriptor image) {
    int before = converter.announced().size();
    PermanentFailure failure =
        catchThrowableOfType(
            PermanentFailure.class, () -> converter.handle(observed(name, "1", image)));
    assertThat(converter.announced()).hasSize(before);
    return failure == null ? "nothing" : failure.reason();
  }

  /** As a registry may take them that does not look at what they name; the config is there. */
  private Descriptor pushManifests(RepositoryName name, RandomImage image) {
    image.manifests().forEach(m -> converter.registry.pushManifest(name, m.mediaType(), m.body()));
    Digest config = Modes.manifest(image).config().digest();
    converter.registry.pushBlob(name, image.blobs().get(config.toString()));
    return Descriptor.of(image.root().mediaType(), image.root().body());
  }

  private static List<Descriptor> layers(RandomImage image) {
    return Modes.manifest(image).layers();
  }

  private ImageState state(RepositoryName name, Descriptor image) {
    return converter
        .catalog
        .conversions()
        .of(image.digest(), CanonicalRecipe.plain(List.of()).key(), name)
        .orElseThrow();
  }

  private static ImageState forOther(ImageState image) {
    return image.alsoFor(OTHER, TestConverter.NOON);
  }

  private static ImageState ofFirstRelease(ImageState image) {
    return new ImageState(
        image.digest(),
        image.recipe(),
        image.mode(),
        image.mediaType(),
        image.imageDag(),
        image.root(),
        image.manifest(),
        image.platforms(),
        image.blobs(),
        image.bytes(),
        image.missing(),
        image.ingestPeer(),
        image.name(),
        image.convertedAt());
  }

  private BlobState ofFirstRelease(Descriptor layer) {
    BlobState state =
        converter.catalog.conversions().blob(layer.digest(), BlobState.NONE).orElseThrow();
    return new BlobState(
        state.digest(),
        state.transform(),
        state.cid(),
        state.size(),
        state.dagSize(),
        state.blocks(),
        state.ingestPeer(),
        state.storedAt());
  }

  private static PinState pins(ImageState image) {
    var copy =
        new PinState.Copy(
            new PeerName("a"),
            "default",
            "12D3",
            List.of(),
            CopyStatus.VERIFIED,
            1,
            null,
            TestConverter.NOON);
    return new PinState(
        image.imageDag(), 3, List.of(copy), new PeerName("ingest"), true, TestConverter.NOON);
  }
}
