package dev.longshore.bench.scale;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.estargz.EstargzSettings;
import dev.longshore.estargz.EstargzWriter;
import dev.longshore.model.Digest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GeneratedLayerTest {
  private static final long BYTES = 5_000_000;

  @TempDir Path folder;

  private static byte[] bytes(GeneratedLayer layer) throws IOException {
    var out = new ByteArrayOutputStream();
    layer.content().writeTo(out);
    return out.toByteArray();
  }

  @Test
  void aLayerIsSentAsItsDescriptorSays() throws IOException {
    for (GeneratedLayer layer :
        List.of(
            GeneratedLayer.random(1, BYTES),
            GeneratedLayer.tar(1, BYTES),
            GeneratedLayer.ofFiles(1, 1_000))) {
      byte[] sent = bytes(layer);

      assertThat(sent).hasSize((int) layer.descriptor().size());
      assertThat(Digest.of(sent)).isEqualTo(layer.descriptor().digest());
      assertThat(bytes(layer)).isEqualTo(sent);
    }
  }

  @Test
  void theTarCanBeMadeEstargzAndPackedALittle() throws IOException {
    byte[] tar = bytes(GeneratedLayer.tar(1, BYTES));

    long packed =
        new EstargzWriter(folder)
            .write(new ByteArrayInputStream(tar), EstargzSettings.DEFAULT, (_, _, _) -> {})
            .size();

    assertThat((double) packed / tar.length).isBetween(0.4, 0.9);
  }
}
