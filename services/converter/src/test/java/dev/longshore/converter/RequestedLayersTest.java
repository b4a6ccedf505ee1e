package dev.longshore.converter;

import static dev.longshore.converter.TestConverter.APP;
import static dev.longshore.converter.TestConverter.observed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.converter.image.RequestedLayers;
import dev.longshore.converter.mode.RecipientKeys;
import dev.longshore.events.BlobState;
import dev.longshore.events.ConversionRequest;
import dev.longshore.events.ImageState;
import dev.longshore.events.LongshoreRecord;
import dev.longshore.events.Observed;
import dev.longshore.events.Topic;
import dev.longshore.model.Digest;
import dev.longshore.model.ModeName;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.source.BlobStream;
import dev.longshore.runtime.kafka.step.Effects;
import dev.longshore.runtime.kafka.step.Message;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.RandomImageOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a push can show of layers while they come. */
class RequestedLayersTest {
  private static final RandomImageOptions TWO_PLATFORMS =
      RandomImageOptions.small().withPlatforms("linux/amd64", "linux/arm64");

  private final TestConverter converter = new TestConverter();
  @TempDir Path folder;

  private List<RequestedLayers> layers(Descriptor top, ConversionRequest request) throws Exception {
    return RequestedLayers.of(List.of(), APP, "1", request, converter.registry, top);
  }

  @Test
  void everyLayerIsFoundUnderItsNameOnceItIsConverted() throws Exception {
    String recipient = Modes.recipient(folder, Modes.keys());
    var request =
        new ConversionRequest(
            List.of(
                new ModeName("plain"),
                new ModeName("estargz"),
                new ModeName("zstdchunked"),
                new ModeName("encrypted")),
            List.of(),
            RecipientKeys.inline(List.of(recipient)));
    Descriptor top = converter.registry.push(APP, "1", RandomImage.of(1, TWO_PLATFORMS));

    List<RequestedLayers> modes = layers(top, request);
    converter.handle(observed(APP, "1", top, request));

    assertThat(modes)
        .extracting(RequestedLayers::mode)
        .containsExactly("plain", "estargz", "zstdchunked", "encrypted");
    requireThere(modes);
  }

  private void requireThere(List<RequestedLayers> modes) {
    for (RequestedLayers mode : modes) {
      assertThat(mode.layers()).isNotEmpty();
      for (RequestedLayers.Layer layer : mode.layers()) {
        assertThat(converter.catalog.conversions().blob(layer.digest(), layer.transform()))
            .as(mode.mode())
            .isPresent();
      }
    }
  }

  @Test
  void layersThatFollowTheLabelOfTheirImageAreFoundToo() throws Exception {
    var request =
        new ConversionRequest(
            List.of(new ModeName("estargz"), new ModeName("zstdchunked")), List.of(), List.of());
    Descriptor top = LazyModesTest.labelled(converter, "usr/tool");

    List<RequestedLayers> modes = layers(top, request);
    converter.handle(observed(APP, "1", top, request));

    requireThere(modes);
  }

  @Test
  void manifestsAndConfigsAreReadOnceForAllModes() throws Exception {
    var request =
        new ConversionRequest(
            List.of(new ModeName("plain"), new ModeName("estargz"), new ModeName("zstdchunked")),
            List.of("linux/amd64"),
            List.of());
    Descriptor top = converter.registry.push(APP, "1", RandomImage.of(4, TWO_PLATFORMS));

    layers(top, request);

    assertThat(converter.registry.requests())
        .filteredOn(asked -> asked.startsWith("manifest ") || asked.startsWith("blob "))
        .isNotEmpty()
        .doesNotHaveDuplicates();
  }

  @Test
  void layersOfOtherPlatformsAndConfigsAreNoneOfIt() throws Exception {
    Descriptor top = converter.registry.push(APP, "1", RandomImage.of(2, TWO_PLATFORMS));

    List<RequestedLayers.Layer> both =
        layers(top, new ConversionRequest(List.of(new ModeName("plain")), List.of(), List.of()))
            .getFirst()
            .layers();
    List<RequestedLayers.Layer> one =
        layers(
                top,
                new ConversionRequest(
                    List.of(new ModeName("plain")), List.of("linux/arm64"), List.of()))
            .getFirst()
            .layers();

    converter.handle(observed(APP, "1", top));
    ImageState image = converter.catalog.conversions().ofDigest(top.digest()).getFirst();
    var stored = new StoredLayout(converter.peer, image);
    List<Digest> named =
        Modes.runnable(stored).stream()
            .flatMap(manifest -> manifest.layers().stream())
            .map(Descriptor::digest)
            .distinct()
            .toList();
    assertThat(both).extracting(RequestedLayers.Layer::digest).containsExactlyElementsOf(named);
    assertThat(one).hasSizeLessThan(both.size()).isNotEmpty();
    assertThat(both).containsAll(one);
  }

  @Test
  void aSlowLayerIsToldOfBeforeItsImageWithTheTimeThatItTook() throws Exception {
    Duration slow = Duration.ofMillis(1500);
    converter.readFrom(
        new DelegatingSource(converter.registry) {
          @Override
          public BlobStream blob(RepositoryName name, Descriptor blob, long offset)
              throws RegistryException {
            converter.clock.advance(slow);
            return super.blob(name, blob, offset);
          }
        });
    Descriptor top = converter.registry.push(APP, "1", RandomImage.of(3));

    Observed observed = observed(APP, "1", top);
    var message =
        new Message(
            Topic.OBSERVED, 0, 0, observed.key(), "id", converter.clock.instant(), observed);
    List<LongshoreRecord> early = new ArrayList<>();
    Effects late =
        converter.step.handle(
            message,
            effects -> {
              early.addAll(effects.records());
              converter.commit(effects);
            });

    assertThat(early)
        .isNotEmpty()
        .allSatisfy(
            record -> assertThat(((BlobState) record).tookMillis()).isGreaterThanOrEqualTo(1500));
    assertThat(late.records()).noneMatch(BlobState.class::isInstance);
  }
}
