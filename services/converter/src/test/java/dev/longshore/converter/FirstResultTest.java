package dev.longshore.converter;

import static dev.longshore.converter.TestConverter.APP;
import static dev.longshore.converter.TestConverter.observed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.CopyStatus;
import dev.longshore.events.Evidence;
import dev.longshore.events.ImageState;
import dev.longshore.events.PinState;
import dev.longshore.ipfs.Deadline;
import dev.longshore.model.ImageDag;
import dev.longshore.model.Mode;
import dev.longshore.model.PeerName;
import dev.longshore.model.Recipe;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.source.BlobStream;
import dev.longshore.rules.RuleSettings;
import dev.longshore.testing.RandomImage;
import io.opentelemetry.api.OpenTelemetry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Fresh keys give other bytes each time: the first result recorded is the one that counts. */
class FirstResultTest {
  private static final RandomImage SOURCE = RandomImage.of(21);

  @TempDir Path folder;
  private List<RuleSettings> rules = List.of();
  private TestConverter converter = new TestConverter();

  @BeforeEach
  void start() {
    rules =
        List.of(
            Modes.rule(
                "**", List.of(Mode.ENCRYPTED), List.of(Modes.recipient(folder, Modes.keys()))));
    converter = new TestConverter(TestConverter.SETTINGS, rules);
  }

  @Test
  void whatAnotherNameRecordedInTheMeantimeStays() throws Exception {
    ImageState theirs = elsewhere();
    AtomicBoolean told = new AtomicBoolean();
    var source =
        new DelegatingSource(converter.registry) {
          @Override
          public BlobStream blob(RepositoryName name, Descriptor blob, long offset)
              throws RegistryException {
            if (told.compareAndSet(false, true)) {
              converter.commit(theirs);
              converter.commit(pins(theirs, 3));
            }
            return super.blob(name, blob, offset);
          }
        };
    converter.step =
        TestConverter.service(
                TestConverter.SETTINGS,
                rules,
                converter.peer,
                converter.catalog,
                source,
                OpenTelemetry.noop())
            .step();

    ImageState image = converter.convert(SOURCE);

    assertThat(image).isEqualTo(theirs);
    assertThat(converter.committed).filteredOn(ImageState.class::isInstance).hasSize(1);
    assertThat(converter.peer.pinned()).isEmpty();
  }

  @Test
  void oneThatNobodyHasIsReplaced() throws Exception {
    ImageState theirs = elsewhere();
    converter.commit(theirs);

    ImageState image = converter.convert(SOURCE);

    assertThat(image.imageDag()).isNotEqualTo(theirs.imageDag());
    assertThat(image.formerDags()).containsExactly(theirs.imageDag());
    assertThat(converter.announced())
        .singleElement()
        .returns(image.imageDag(), converted -> converted.imageDag());
  }

  @Test
  void oneThatNobodyHasIsReplacedWhereverItIs() throws Exception {
    ImageState theirs = elsewhere();
    ImageState shown =
        theirs.alsoFor(new RepositoryName(APP.host(), "mallory/x"), TestConverter.NOON);
    ImageState ofAnotherRecipe = withRecipe(theirs, new Recipe("9".repeat(64)));
    converter.commit(theirs);
    converter.commit(shown);
    converter.commit(ofAnotherRecipe);

    converter.convert(SOURCE);

    ImageDag made = converter.announced().getLast().imageDag();
    assertThat(converter.catalog.conversions().recordsByDag(theirs.imageDag()))
        .containsExactly(ofAnotherRecipe);
    assertThat(converter.catalog.conversions().recordsByDag(made))
        .allSatisfy(state -> assertThat(state.formerDags()).containsExactly(theirs.imageDag()))
        .extracting(state -> state.name().repository())
        .containsExactlyInAnyOrder(APP.repository(), "mallory/x");
  }

  @Test
  void aResultThatAnotherRepositoryNamesIsKept() throws Exception {
    ImageState theirs = elsewhere();
    AtomicBoolean told = new AtomicBoolean();
    TestConverter plain = new TestConverter();
    ImageState same = plain.convert(SOURCE);
    converter = new TestConverter();
    var source =
        new DelegatingSource(converter.registry) {
          @Override
          public BlobStream blob(RepositoryName name, Descriptor blob, long offset)
              throws RegistryException {
            if (told.compareAndSet(false, true)) {
              ImageState other = withRecipe(theirs, same.recipe());
              converter.commit(other);
              converter.commit(pins(other, 3));
              converter.commit(
                  same.alsoFor(
                      RepositoryName.canonical("registry.test/team/app"), TestConverter.NOON));
            }
            return super.blob(name, blob, offset);
          }
        };
    converter.step =
        TestConverter.service(
                TestConverter.SETTINGS,
                List.of(),
                converter.peer,
                converter.catalog,
                source,
                OpenTelemetry.noop())
            .step();

    converter.convert(SOURCE);

    assertThat(converter.peer.pinned()).containsOnlyKeys(same.imageDag().cid());
  }

  @Test
  void moreCopiesOfWhatThePinnerHasNeedNoSecondEncryption() throws Exception {
    ImageState first = converter.convert(SOURCE);
    converter.commit(pins(first, 2));
    converter.peer.unpin(
        first.imageDag().cid(), "longshore:", Deadline.after(Duration.ofSeconds(5)));
    Descriptor top = Descriptor.of(SOURCE.root().mediaType(), SOURCE.root().body());

    converter.handle(observed(APP, "1", top));

    assertThat(converter.catalog.conversions().ofDigest(first.digest())).containsExactly(first);
    assertThat(converter.announced())
        .hasSize(2)
        .allSatisfy(converted -> assertThat(converted.imageDag()).isEqualTo(first.imageDag()));
    assertThat(converter.announced().getLast().copies()).isEqualTo(3);
  }

  /** The same image by another converter, on another peer. */
  private ImageState elsewhere() throws Exception {
    return new TestConverter(TestConverter.SETTINGS, rules).convert(SOURCE);
  }

  private static ImageState withRecipe(ImageState image, Recipe recipe) {
    return new ImageState(
            image.digest(),
            recipe,
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
            image.convertedAt())
        .shownBy(Evidence.READ);
  }

  private static PinState pins(ImageState image, int wanted) {
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
        image.imageDag(), wanted, List.of(copy), new PeerName("ingest"), true, TestConverter.NOON);
  }
}
