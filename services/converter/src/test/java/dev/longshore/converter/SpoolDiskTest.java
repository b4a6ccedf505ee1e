package dev.longshore.converter;

import static dev.longshore.converter.TestConverter.APP;
import static dev.longshore.converter.TestConverter.observed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.converter.source.Reason;
import dev.longshore.events.Topic;
import dev.longshore.model.Mode;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.MediaType;
import dev.longshore.runtime.kafka.step.Effects;
import dev.longshore.runtime.kafka.step.Message;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import dev.longshore.runtime.kafka.step.Progress;
import dev.longshore.runtime.kafka.step.TransientFailure;
import dev.longshore.settings.value.ByteSize;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The spool's disk is an endpoint of its own: neither Kubo nor the registry is away. */
class SpoolDiskTest {
  /** More than a layer may have in memory. */
  private static final int LARGE = 17 << 20;

  @TempDir Path folder;
  private Path spool;
  private TestConverter converter;
  private Descriptor layer;
  private Descriptor image;

  @BeforeEach
  void push() throws Exception {
    Path inTheWay = Files.createFile(folder.resolve("file"));
    spool = inTheWay.resolve("spool"); // cannot be made
    converter =
        new TestConverter(
            new ConverterSettings(
                null, List.of(), 4, ByteSize.parse("100GiB"), Duration.ofSeconds(30), spool),
            List.of(Modes.rule("**", List.of(Mode.ESTARGZ), List.of())));
    byte[] bytes = new byte[LARGE];
    new SplittableRandom(1).nextBytes(bytes); // no gzip: whoever reads it refuses it
    var uploads = new Uploads(converter.registry, APP);
    layer = uploads.layer(MediaType.OCI_LAYER_GZIP, bytes);
    image = uploads.image(layer);
  }

  @Test
  void aDiskThatTakesNothingIsNamedWithItsFolderAndTheBytesThatAreNeeded() {
    assertThatThrownBy(() -> converter.handle(observed(APP, "1", image)))
        .isInstanceOfSatisfying(
            TransientFailure.class,
            failure -> assertThat(failure.endpoint()).isEqualTo("spool " + spool))
        .hasMessageContaining(spool.toString())
        .hasMessageContaining("%,d bytes".formatted(LARGE))
        .hasMessageContaining("converter.spool-dir");
    assertThat(converter.committed).isEmpty();
  }

  @Test
  void aLayerIsReadOnceThereIsADisk() throws Exception {
    assertThatThrownBy(() -> converter.handle(observed(APP, "1", image)))
        .isInstanceOf(TransientFailure.class);
    Files.delete(spool.getParent());

    assertThatThrownBy(() -> converter.handle(observed(APP, "1", image)))
        .isInstanceOfSatisfying(
            PermanentFailure.class,
            failure -> assertThat(failure.reason()).isEqualTo(Reason.LAYER_UNFIT.name()));
  }

  @Test
  void aLayerIsNotReadWhileItsDiskIsPaused() {
    var message =
        new Message(
            Topic.OBSERVED, 0, 0, "key", "id", TestConverter.NOON, observed(APP, "1", image));

    assertThatThrownBy(() -> converter.step.handle(message, paused("spool " + spool)))
        .isInstanceOfSatisfying(
            TransientFailure.class, failure -> assertThat(failure.tried()).isFalse());
    assertThat(converter.registry.reads(layer.digest())).isZero();
  }

  private Progress paused(String endpoint) {
    return new Progress() {
      @Override
      public void publish(Effects effects) {
        converter.commit(effects);
      }

      @Override
      public void require(String asked) throws TransientFailure {
        if (asked.equals(endpoint)) {
          throw TransientFailure.heldBack(endpoint, "full");
        }
      }
    };
  }
}
