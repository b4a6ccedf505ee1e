package dev.longshore.converter;

import static dev.longshore.converter.TestConverter.APP;
import static dev.longshore.converter.TestConverter.observed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.BlobState;
import dev.longshore.events.ConversionRequest;
import dev.longshore.events.ImageState;
import dev.longshore.events.LongshoreRecord;
import dev.longshore.oci.BlobStream;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RepositoryName;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.RandomImageOptions;
import java.nio.file.Path;
import java.time.Duration;
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
            List.of("plain", "estargz", "encrypted"),
            List.of(),
            RecipientKeys.inline(List.of(recipient)));
    Descriptor top = converter.registry.push(APP, "1", RandomImage.of(1, TWO_PLATFORMS));

    List<RequestedLayers> modes = layers(top, request);
    converter.handle(observed(APP, "1", top, request));

    assertThat(modes)
        .extracting(RequestedLayers::mode)
        .containsExactly("plain", "estargz", "encrypted");
    for (RequestedLayers mode : modes) {
      assertThat(mode.layers()).isNotEmpty();
      for (RequestedLayers.Layer layer : mode.layers()) {
        assertThat(converter.catalog.blob(layer.digest(), layer.transform()))
            .as(mode.mode())
            .isPresent();
      }
    }
  }

  @Test
  void layersOfOtherPlatformsAndConfigsAreNoneOfIt() throws Exception {
    Descriptor top = converter.registry.push(APP, "1", RandomImage.of(2, TWO_PLATFORMS));

    List<RequestedLayers.Layer> both =
        layers(top, new ConversionRequest(List.of("plain"), List.of(), List.of()))
            .getFirst()
            .layers();
    List<RequestedLayers.Layer> one =
        layers(top, new ConversionRequest(List.of("plain"), List.of("linux/arm64"), List.of()))
            .getFirst()
            .layers();

    converter.handle(observed(APP, "1", top));
    ImageState image = converter.catalog.imagesOf(top.digest().toString()).getFirst();
    var stored = new StoredLayout(converter.peer, image);
    List<String> named =
        Modes.runnable(stored).stream()
            .flatMap(manifest -> manifest.layers().stream())
            .map(layer -> layer.digest().toString())
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

    converter.handle(observed(APP, "1", top));

    List<LongshoreRecord> told = List.copyOf(converter.committed);
    List<BlobState> blobs =
        told.stream().filter(BlobState.class::isInstance).map(BlobState.class::cast).toList();
    assertThat(blobs).isNotEmpty();
    assertThat(blobs)
        .allSatisfy(blob -> assertThat(blob.tookMillis()).isGreaterThanOrEqualTo(1500));
    int image = told.indexOf(told.stream().filter(ImageState.class::isInstance).findFirst().get());
    assertThat(told.subList(0, image)).hasSameElementsAs(blobs);
    // Told of one by one: the image's own transaction has none of them again.
    assertThat(blobs).doesNotHaveDuplicates();
  }
}
