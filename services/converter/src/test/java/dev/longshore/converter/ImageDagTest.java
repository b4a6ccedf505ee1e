package dev.longshore.converter;

import static dev.longshore.converter.TestConverter.APP;
import static dev.longshore.converter.TestConverter.observed;
import static dev.longshore.converter.Uploads.on;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.converter.source.ImageLimits;
import dev.longshore.events.ConversionRequest;
import dev.longshore.events.ImageState;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.LocalCheck;
import dev.longshore.ipfs.node.Reach;
import dev.longshore.ipfs.reader.DagReader;
import dev.longshore.ipfs.reader.DirectoryEntry;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.ImageManifest;
import dev.longshore.oci.Manifest;
import dev.longshore.oci.ManifestHead;
import dev.longshore.oci.MediaType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ImageDagTest {
  private static final Duration SOON = Duration.ofSeconds(10);

  private final TestConverter converter = new TestConverter();
  private final Uploads uploads = new Uploads(converter.registry, APP);
  private final DagReader reader =
      new DagReader(
          (cid, deadline) -> converter.peer.block(cid, Reach.LOCAL, deadline).bytes(), SOON);

  @Test
  void isAnImageLayoutWithTheOriginalManifestAloneInItsIndex() throws Exception {
    Descriptor image = uploads.image(uploads.layer(1, 300_000));
    Cid dag = convert(image, List.of()).imageDag().cid();

    assertThat(names(dag, ""))
        .containsExactly("blobs", "index.json", "longshore-root.json", "oci-layout");
    assertThat(text(dag, "oci-layout")).isEqualTo("{\"imageLayoutVersion\":\"1.0.0\"}");
    assertThat(text(dag, "index.json"))
        .isEqualTo(
            "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.index.v1+json\",\"manifests\":[{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d}]}"
                .formatted(image.mediaType(), image.digest(), image.size()));
  }

  @Test
  void holdsTheOriginalBytesOfEverythingByDigest() throws Exception {
    Descriptor image = uploads.index(on("linux/amd64", uploads.image(uploads.layer(1, 300_000))));
    Cid dag = convert(image, List.of()).imageDag().cid();

    for (String hex : names(dag, "blobs/sha256")) {
      assertThat(Digest.of(bytes(dag, "blobs/sha256/" + hex)).hex()).isEqualTo(hex);
    }
    assertThat(names(dag, "blobs/sha256")).contains(image.digest().hex()).hasSize(6);
  }

  @Test
  void holdsTheRootDescriptorWhoseUrlsLeadToEverythingWithinTheDag() throws Exception {
    Descriptor image = uploads.index(on("linux/amd64", uploads.image(uploads.layer(1, 300_000))));
    ImageState state = convert(image, List.of());
    Cid dag = state.imageDag().cid();
    Set<String> files = new TreeSet<>();
    for (String hex : names(dag, "blobs/sha256")) {
      files.add(reader.resolve(dag, "blobs/sha256/" + hex).toString());
    }

    assertThat(reader.resolve(dag, "longshore-root.json")).isEqualTo(state.root().cid());
    assertThat(text(dag, "longshore-root.json")).contains("\"urls\":[\"ipfs://" + state.manifest());
    assertThat(files).contains(state.manifest().toString());
    Manifest index = manifest(state.manifest().checked());
    Manifest enabled = manifest(url(index.children().getFirst()));
    assertThat(enabled.children()).hasSize(2);
    for (Descriptor blob : enabled.children()) {
      assertThat(files).contains(url(blob).toString());
      assertThat(Digest.of(reader.read(url(blob), 1_000_000))).isEqualTo(blob.digest());
    }
  }

  @Test
  void keepsTheOriginalIndexButOnlyTheBlobsOfTheChosenPlatform() throws Exception {
    Descriptor chosen = uploads.layer(1, 1000);
    Descriptor left = uploads.layer(2, 1000);
    Descriptor unmarked = uploads.layer(3, 1000);
    Descriptor image =
        uploads.index(
            on("linux/amd64", uploads.image(chosen)),
            on("linux/arm64", uploads.image(left)),
            on("unknown/unknown", uploads.image(uploads.layer(4, 10))),
            uploads.image(unmarked));
    ImageState state = convert(image, List.of("linux/amd64"));
    Cid dag = state.imageDag().cid();

    assertThat(names(dag, "blobs/sha256"))
        .contains(image.digest().hex(), chosen.digest().hex(), unmarked.digest().hex())
        .doesNotContain(left.digest().hex());
    assertThat(manifest(state.manifest().checked()).children()).hasSize(2);
    assertThat(converter.registry.reads(left.digest())).isZero();
  }

  @Test
  void holdsIndexesNestedToTheDeepestLevelAllowed() throws Exception {
    Descriptor layer = uploads.layer(1, 1000);
    Descriptor nested = uploads.image(layer);
    for (int level = 0; level < ImageLimits.NESTING; level++) {
      nested = uploads.index(nested);
    }
    Cid dag = convert(nested, List.of()).imageDag().cid();

    assertThat(names(dag, "blobs/sha256")).contains(layer.digest().hex());
    assertThat(bytes(dag, "blobs/sha256/" + layer.digest().hex())).hasSize(1000);
  }

  @Test
  void isMadeOfAnIndexWithoutEntriesToo() throws Exception {
    Descriptor index = uploads.index();

    for (List<String> platforms : List.of(List.<String>of(), List.of("linux/amd64"))) {
      Cid dag = convert(index, platforms).imageDag().cid();
      assertThat(names(dag, "blobs/sha256")).contains(index.digest().hex());
    }
  }

  @Test
  void holdsAnArtifactOfAnyMediaTypesThatSaysWhatItBelongsTo() throws Exception {
    Descriptor image = uploads.image(uploads.layer(1, 1000));
    byte[] nothing = new byte[0];
    Descriptor artifact =
        uploads.push(
            ImageManifest.of(
                new ManifestHead(
                    Optional.of(MediaType.OCI_MANIFEST),
                    Optional.of("application/vnd.example.sbom"),
                    Optional.of(image),
                    Map.of()),
                uploads.layer(MediaType.OCI_EMPTY, "{}".getBytes(StandardCharsets.UTF_8)),
                List.of(
                    uploads.layer("text/plain", nothing),
                    uploads.layer(MediaType.OCI_MANIFEST, Uploads.bytes(3, 10)))));
    ImageState state = convert(artifact, List.of("linux/amd64"));

    assertThat(state.subject()).isEqualTo(image.digest());
    assertThat(convert(image, List.of()).subject()).isNull();
    Cid dag = state.imageDag().cid();
    assertThat(bytes(dag, "blobs/sha256/" + Digest.of(nothing).hex())).isEmpty();
    assertThat(names(dag, "blobs/sha256"))
        .as("artifact, its form with urls, config, two layers")
        .hasSize(5);
  }

  @Test
  void keepsBlobsNamedBySha512UnderThatName() throws Exception {
    byte[] content = Uploads.bytes(5, 1000);
    Digest digest = converter.registry.pushBlob(APP, Digest.Algorithm.SHA512, content);
    Descriptor layer = new Descriptor(MediaType.OCI_LAYER, digest, content.length);
    Cid dag = convert(uploads.image(layer), List.of()).imageDag().cid();

    assertThat(bytes(dag, "blobs/sha512/" + digest.hex())).isEqualTo(content);
  }

  @Test
  void isWholeOnThePeerBelowItsPin() throws Exception {
    ImageState state = convert(uploads.image(uploads.layer(1, 2_000_000)), List.of());
    converter.peer.collectGarbage(Deadline.after(SOON));

    assertThat(
            converter
                .peer
                .verifyLocal(state.imageDag().cid(), LocalCheck.REHASH, Deadline.after(SOON))
                .blocks())
        .isEqualTo(converter.peer.storedBlocks().size());
    assertThat(converter.peer.storedBlocks()).contains(state.root().cid());
  }

  private ImageState convert(Descriptor image, List<String> platforms) throws Exception {
    converter.handle(
        observed(APP, "1", image, new ConversionRequest(List.of(), platforms, List.of())));
    return converter.catalog.conversions().ofDigest(image.digest()).getFirst();
  }

  private List<String> names(Cid dag, String path) throws IOException {
    return reader.list(reader.resolve(dag, path)).stream().map(DirectoryEntry::name).toList();
  }

  private byte[] bytes(Cid dag, String path) throws IOException {
    return reader.read(reader.resolve(dag, path), 1_000_000);
  }

  private String text(Cid dag, String path) throws IOException {
    return new String(bytes(dag, path), StandardCharsets.UTF_8);
  }

  private Manifest manifest(Cid cid) throws IOException {
    return Manifest.parse(reader.read(cid, Manifest.MANIFEST_LIMIT), "");
  }

  private static Cid url(Descriptor descriptor) {
    return Cid.parse(descriptor.urls().getFirst().substring("ipfs://".length()));
  }
}
