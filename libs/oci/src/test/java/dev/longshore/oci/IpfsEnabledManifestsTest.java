package dev.longshore.oci;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.model.Digest;
import dev.longshore.model.Platform;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class IpfsEnabledManifestsTest {
  private static final Digest DIGEST = Digest.sha256("cd".repeat(32));

  @ParameterizedTest
  @CsvSource({
    "application/vnd.docker.distribution.manifest.list.v2+json,"
        + " application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json,"
        + " application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.container.image.v1+json, application/vnd.oci.image.config.v1+json",
    "application/vnd.docker.image.rootfs.diff.tar, application/vnd.oci.image.layer.v1.tar",
    "application/vnd.docker.image.rootfs.diff.tar.gzip,"
        + " application/vnd.oci.image.layer.v1.tar+gzip",
    "application/vnd.docker.image.rootfs.foreign.diff.tar,"
        + " application/vnd.oci.image.layer.nondistributable.v1.tar",
    "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip,"
        + " application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
    "application/vnd.docker.image.rootfs.diff.tar.zstd,"
        + " application/vnd.docker.image.rootfs.diff.tar.zstd",
    "application/vnd.oci.image.layer.v1.tar+zstd, application/vnd.oci.image.layer.v1.tar+zstd",
    "application/vnd.in-toto+json, application/vnd.in-toto+json"
  })
  void dockersTypesBecomeOcis(String docker, String oci) {
    assertThat(new Descriptor(docker, DIGEST, 1).toOci().mediaType()).isEqualTo(oci);
  }

  @Test
  void aBlobKeepsAllButItsTypeAndUrls() {
    var foreign =
        new Descriptor(
            MediaType.DOCKER_FOREIGN_LAYER_GZIP,
            DIGEST,
            9,
            List.of("https://vendor.example/layer"),
            Map.of("k", "v"),
            Optional.of("YWJj"),
            Optional.empty(),
            Optional.empty());

    Descriptor form = IpfsEnabledManifests.blob(foreign, "bafy");

    assertThat(form)
        .isEqualTo(
            foreign
                .withMediaType(MediaType.OCI_FOREIGN_LAYER_GZIP)
                .withUrls(List.of("ipfs://bafy")));
    assertThat(IpfsEnabledManifests.cid(form)).hasValue("bafy");
    assertThat(IpfsEnabledManifests.cid(foreign)).isEmpty();
  }

  @Test
  void aDockerImageIsWrittenAsNerdctlWritesIt() {
    String docker =
        """
        {
          "schemaVersion": 2,
          "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
          "x-foo": "vanishes",
          "config": {
            "mediaType": "application/vnd.docker.container.image.v1+json",
            "size": 2,
            "digest": "%1$s"
          },
          "layers": [
            {"mediaType": "application/vnd.docker.image.rootfs.diff.tar.gzip", "size": 3, "digest": "%1$s",
             "annotations": {"b": "<&>", "a": "1"}}
          ]
        }
        """
            .formatted(DIGEST);
    var original =
        (ImageManifest)
            Manifest.parse(docker.getBytes(StandardCharsets.UTF_8), MediaType.DOCKER_MANIFEST);

    ImageManifest form = IpfsEnabledManifests.manifest(original, d -> "cid" + d.size());
    Descriptor described = IpfsEnabledManifests.converted(original.descriptor(), form, "cidm");

    assertThat(new String(form.raw().bytes(), StandardCharsets.UTF_8))
        .isEqualTo(
            ("{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\","
                    + "\"config\":{\"mediaType\":\"application/vnd.oci.image.config.v1+json\","
                    + "\"digest\":\"%1$s\",\"size\":2,\"urls\":[\"ipfs://cid2\"]},"
                    + "\"layers\":[{\"mediaType\":\"application/vnd.oci.image.layer.v1.tar+gzip\","
                    + "\"digest\":\"%1$s\",\"size\":3,\"urls\":[\"ipfs://cid3\"],"
                    + "\"annotations\":{\"a\":\"1\",\"b\":\"\\u003c\\u0026\\u003e\"}}]}")
                .formatted(DIGEST));
    assertThat(new String(IpfsEnabledManifests.root(described), StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"digest\":\"%s\",\"size\":%d,\"urls\":[\"ipfs://cidm\"]}"
                .formatted(form.digest(), form.raw().size()));
    assertThat(Descriptor.parse(IpfsEnabledManifests.root(described))).isEqualTo(described);
  }

  @Test
  void anIndexKeepsAttestationsAndTheirOldReference() {
    Descriptor image =
        new Descriptor(MediaType.OCI_MANIFEST, DIGEST, 5)
            .withPlatform(Platform.parse("linux/amd64"));
    Descriptor attestation =
        new Descriptor(MediaType.OCI_MANIFEST, Digest.of(new byte[] {1}), 6)
            .withPlatform(new Platform("unknown", "unknown"))
            .withAnnotations(Map.of("vnd.docker.reference.digest", DIGEST.toString()));
    ImageIndex index =
        ImageIndex.of(ManifestHead.of(MediaType.DOCKER_LIST), List.of(image, attestation));
    ImageManifest form =
        ImageManifest.of(ManifestHead.of(MediaType.OCI_MANIFEST), image, List.of());

    ImageIndex converted =
        IpfsEnabledManifests.index(
            index,
            index.manifests().stream()
                .map(d -> IpfsEnabledManifests.converted(d, form, "cid"))
                .toList());

    assertThat(converted.mediaType()).isEqualTo(MediaType.OCI_INDEX);
    assertThat(converted.manifests())
        .allSatisfy(entry -> assertThat(entry.digest()).isEqualTo(form.digest()));
    assertThat(converted.manifests().getLast().annotations())
        .containsEntry("vnd.docker.reference.digest", DIGEST.toString());
    assertThat(converted.manifests().getLast().platform()).isEqualTo(attestation.platform());
  }

  @Test
  void aSubjectIsCopiedAsItIs() {
    Descriptor subject = new Descriptor(MediaType.DOCKER_MANIFEST, DIGEST, 4);
    ImageManifest original =
        ImageManifest.of(
            ManifestHead.of(MediaType.OCI_MANIFEST).withSubject(subject),
            new Descriptor(MediaType.OCI_CONFIG, DIGEST, 1),
            List.of());

    assertThat(IpfsEnabledManifests.manifest(original, d -> "cid").subject()).hasValue(subject);
  }
}
