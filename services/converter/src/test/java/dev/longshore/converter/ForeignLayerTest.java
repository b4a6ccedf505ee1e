package dev.longshore.converter;

import static dev.longshore.converter.TestConverter.APP;
import static dev.longshore.converter.TestConverter.observed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.converter.mode.CanonicalRecipe;
import dev.longshore.events.ImageState;
import dev.longshore.model.ImageDag;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.MediaType;
import dev.longshore.runtime.kafka.step.Effects;
import java.util.List;
import org.junit.jupiter.api.Test;

class ForeignLayerTest {
  private static final byte[] CONTENT = Uploads.bytes(9, 5000);
  private static final Descriptor FOREIGN =
      Descriptor.of(MediaType.OCI_FOREIGN_LAYER_GZIP, CONTENT)
          .withUrls(List.of("https://vendor.example/layer"));

  private final TestConverter converter = new TestConverter();
  private final Uploads uploads = new Uploads(converter.registry, APP);
  private final Descriptor image = uploads.image(uploads.layer(1, 10), FOREIGN);

  @Test
  void isMirroredWhereTheRegistryServesIt() throws Exception {
    converter.registry.pushBlob(APP, CONTENT);

    converter.handle(observed(APP, "1", image));

    assertThat(state().missing()).isEmpty();
    assertThat(state().blobs()).isEqualTo(4);
  }

  @Test
  void makesTheImageIncompleteWhereTheRegistryDoesNot() throws Exception {
    converter.handle(observed(APP, "1", image));

    assertThat(state().missing()).containsExactly(FOREIGN.digest());
    assertThat(state().blobs()).isEqualTo(3);
    assertThat(converter.announced()).hasSize(1);
    assertThat(converter.catalog.conversions().blob(FOREIGN.digest(), "none")).isEmpty();
  }

  @Test
  void completesTheImageWhenItIsPushedLater() throws Exception {
    converter.handle(observed(APP, "1", image));
    ImageDag incomplete = state().imageDag();
    converter.registry.pushBlob(APP, CONTENT);

    converter.handle(observed(APP, "1", image));

    assertThat(state().missing()).isEmpty();
    assertThat(state().imageDag()).isNotEqualTo(incomplete);
    assertThat(converter.announced()).hasSize(2);
  }

  @Test
  void staysIncompleteWithoutANewRecordWhileItIsMissing() throws Exception {
    converter.handle(observed(APP, "1", image));

    Effects again = converter.handle(observed(APP, "1", image));

    assertThat(again.records()).noneMatch(ImageState.class::isInstance);
  }

  @Test
  void mustBeThereWhereItIsAnOrdinaryLayerToo() {
    Descriptor ordinary = FOREIGN.withMediaType(MediaType.OCI_LAYER_GZIP).withUrls(List.of());
    Descriptor both = uploads.image(FOREIGN, ordinary);

    assertThatThrownBy(() -> converter.handle(observed(APP, "1", both)))
        .extracting("reason")
        .isEqualTo("BLOB_UNKNOWN");
  }

  private ImageState state() {
    return converter
        .catalog
        .conversions()
        .of(image.digest(), CanonicalRecipe.plain(List.of()).key(), APP)
        .orElseThrow();
  }
}
