package dev.longshore.ocicrypt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.model.Platform;
import dev.longshore.oci.MediaType;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What of an image is encrypted. */
final class ChoicesTest {
  private static final Platform AMD64 = Platform.parse("linux/amd64");
  private static final Platform ARM64 = Platform.parse("linux/arm64");

  @Test
  void layersAreCountedFromBothEnds() throws IOException {
    LayerChoice choice = LayerChoice.of(List.of(0, -1, 2), List.of());
    assertThat(choice.of(5)).containsExactly(0, 2, 4);
    assertThat(choice.of(3)).containsExactly(0, 2);
    assertThat(LayerChoice.ALL.of(3)).containsExactly(0, 1, 2);
    assertThat(LayerChoice.ALL.of(0)).isEmpty();
  }

  @Test
  void aLayerThatTheImageLacksIsNoSilentHole() {
    assertThatThrownBy(() -> LayerChoice.of(List.of(2), List.of()).of(2))
        .hasMessage("layer 2: the image has 2 layers, counted from 0 or from -1 backwards");
    assertThatThrownBy(() -> LayerChoice.of(List.of(-3), List.of()).of(2))
        .isInstanceOf(OcicryptException.class);
    assertThatThrownBy(() -> LayerChoice.of(List.of(Integer.MIN_VALUE), List.of()))
        .isInstanceOf(OcicryptException.class);
  }

  @Test
  void platformsAreComparedInNormalForm() throws IOException {
    LayerChoice choice =
        LayerChoice.of(List.of(-1), List.of(new Platform("linux", "x86_64"), AMD64));
    assertThat(choice.includes(AMD64)).isTrue();
    assertThat(choice.includes(ARM64)).isFalse();
    assertThat(LayerChoice.ALL.includes(ARM64)).isTrue();
    assertThat(choice.canonical()).isEqualTo("layers=-1;platforms=linux/amd64");
    assertThat(LayerChoice.ALL.canonical()).isEqualTo("layers=;platforms=");
  }

  @ParameterizedTest
  @CsvSource({
    "application/vnd.oci.image.layer.v1.tar,             tar",
    "application/vnd.oci.image.layer.v1.tar+gzip,        tar+gzip",
    "application/vnd.oci.image.layer.v1.tar+zstd,        tar+zstd",
    "application/vnd.docker.image.rootfs.diff.tar,       tar",
    "application/vnd.docker.image.rootfs.diff.tar.gzip,  tar+gzip",
    "application/vnd.docker.image.rootfs.diff.tar.zstd,  tar+zstd",
  })
  void layersGetAMediaTypeThatSaysSo(String plain, String kind) throws IOException {
    String oci = "application/vnd.oci.image.layer.v1." + kind;
    assertThat(EncryptedMediaType.of(plain)).isEqualTo(oci + "+encrypted");
    assertThat(EncryptedMediaType.isEncrypted(oci + "+encrypted")).isTrue();
    assertThat(EncryptedMediaType.plainOf(oci + "+encrypted")).isEqualTo(oci);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        MediaType.OCI_FOREIGN_LAYER_GZIP,
        MediaType.DOCKER_FOREIGN_LAYER_GZIP,
        MediaType.OCI_CONFIG,
        "application/vnd.in-toto+json",
        "application/vnd.oci.image.layer.v1.tar+gzip+encrypted",
        "+encrypted",
        ""
      })
  void whatIsNoLayerStaysAsItIs(String mediaType) {
    assertThat(EncryptedMediaType.canEncrypt(mediaType)).isFalse();
    assertThatThrownBy(() -> EncryptedMediaType.of(mediaType))
        .isInstanceOf(OcicryptException.class);
  }

  @Test
  void aPlainMediaTypeIsNoEncryptedOne() {
    assertThat(EncryptedMediaType.isEncrypted(MediaType.OCI_LAYER)).isFalse();
    assertThatThrownBy(() -> EncryptedMediaType.plainOf(MediaType.OCI_LAYER))
        .isInstanceOf(OcicryptException.class);
  }
}
