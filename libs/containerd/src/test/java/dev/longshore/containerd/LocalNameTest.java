package dev.longshore.containerd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.model.Reference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LocalNameTest {
  private static final String HEX =
      "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

  @ParameterizedTest
  @CsvSource({
    "docker.io/library/alpine:3.20, containerd/node-1/k8s.io/docker.io/library/alpine:3.20",
    "alpine:3.20, containerd/node-1/k8s.io/docker.io/library/alpine:3.20",
    "team/app:v1, containerd/node-1/k8s.io/docker.io/team/app:v1",
    "localhost:5055/team/app:v1, containerd/node-1/k8s.io/localhost_5055/team/app:v1",
    "ghcr.io/a/b/c:1, containerd/node-1/k8s.io/ghcr.io/a/b/c:1",
    "ghcr.io/a@sha256:" + HEX + ", containerd/node-1/k8s.io/ghcr.io/a@sha256:" + HEX,
  })
  void aNameLeadsToItsImageAndBack(String image, String expected) {
    Reference reference = LocalName.of("node-1", "k8s.io", image).orElseThrow();

    assertThat(reference).hasToString(expected);
    assertThat(LocalName.names(reference)).contains(image);
    LocalName local = LocalName.of(reference.name()).orElseThrow();
    assertThat(local.node()).isEqualTo("node-1");
    assertThat(local.namespace()).isEqualTo("k8s.io");
    assertThat(local.repository()).isEqualTo(reference.name());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "sha256:" + HEX,
        "docker.io/library/alpine",
        "bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi",
        "Docker.IO/library/alpine:1",
        "docker.io/library/Alpine:1",
        "[::1]:5000/app:1",
        "a b:1",
        "../../etc/passwd:1",
      })
  void otherNamesAreNone(String image) {
    assertThat(LocalName.of("node-1", "k8s.io", image)).isEmpty();
  }

  @Test
  void aNamespaceInCapitalsHasNoName() {
    assertThat(LocalName.of("node-1", "Build", "docker.io/library/alpine:1")).isEmpty();
  }
}
