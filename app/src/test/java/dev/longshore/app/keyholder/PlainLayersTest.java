package dev.longshore.app.keyholder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.longshore.estargz.EstargzLimits;
import dev.longshore.model.Digest;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.MediaType;
import dev.longshore.oci.files.OciLayoutWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PlainLayersTest {
  /** More than {@link EstargzLimits#RATIO_FREE_BYTES}; gzip packs it some 1000 times. */
  private static final byte[] ZEROS = new byte[80 << 20];

  @TempDir Path folder;

  private static void check(OciLayoutWriter layout, EstargzLimits limits) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(ZEROS);
    }
    Descriptor layer = layout.blob(MediaType.OCI_LAYER_GZIP, packed.toByteArray());
    Descriptor config =
        layout.blob(
            MediaType.OCI_CONFIG,
            "{\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"%s\"]}}"
                .formatted(Digest.of(ZEROS))
                .getBytes(StandardCharsets.US_ASCII));
    new PlainLayers(layout, limits).check(config, List.of(layer), i -> "layer " + i);
  }

  @Test
  void aLayerThatPacksAThousandTimesIsTheConfigsAsAnyOther() throws IOException {
    try (OciLayoutWriter layout = OciLayoutWriter.in(folder)) {
      assertThatCode(() -> check(layout, PlainLayers.LIMITS)).doesNotThrowAnyException();
    }
  }

  @Test
  void aLayerOverTheLimitIsToldAsThatAndNotAsAnothersLayer() throws IOException {
    EstargzLimits small = new EstargzLimits(1 << 20, Integer.MAX_VALUE, 1, 1);
    try (OciLayoutWriter layout = OciLayoutWriter.in(folder)) {
      assertThat(catchThrowableOfType(KeyholderException.class, () -> check(layout, small)))
          .returns(KeyholderException.Kind.LIMIT, KeyholderException::kind)
          .hasMessageContaining("layer 0: it cannot be held against the config")
          .hasMessageContaining("unpacks to more than 1,048,576 bytes");
    }
  }
}
