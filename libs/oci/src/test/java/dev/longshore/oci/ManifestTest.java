package dev.longshore.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import dev.longshore.model.Digest;
import dev.longshore.model.OciFormatException;
import dev.longshore.model.Platform;
import dev.longshore.testing.Mutations;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.RandomImage.StoredManifest;
import dev.longshore.testing.RandomImageOptions;
import dev.longshore.testing.SplitMix;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ManifestTest {
  private static final String D = "sha256:" + "0".repeat(64);
  private static final String CONFIG =
      "{\"mediaType\":\"application/vnd.oci.image.config.v1+json\",\"digest\":\""
          + D
          + "\",\"size\":2}";
  private static final String IMAGE =
      "{\"schemaVersion\":2,\"config\":" + CONFIG + ",\"layers\":[]}";
  private static final String INDEX = "{\"schemaVersion\":2,\"manifests\":[]}";

  @Test
  void theBytesAreKeptAsTheyCame() {
    byte[] body =
        (" " + IMAGE.replace(":2,", " : 2,\n\t\"x\": [1, {\"y\": null}],"))
            .getBytes(StandardCharsets.UTF_8);

    Manifest manifest = Manifest.parse(body, MediaType.OCI_MANIFEST);

    assertThat(manifest.raw().bytes()).isEqualTo(body);
    assertThat(manifest.digest()).isEqualTo(Digest.of(body));
    assertThat(manifest.descriptor())
        .isEqualTo(new Descriptor(MediaType.OCI_MANIFEST, Digest.of(body), body.length));
  }

  @ParameterizedTest
  @MethodSource("families")
  void wholeImagesAreRead(RandomImageOptions options) {
    RandomImage image = RandomImage.of(1, options);
    for (StoredManifest stored : image.manifests()) {
      Manifest manifest = Manifest.parse(stored.body(), stored.mediaType());
      assertThat(manifest.mediaType()).isEqualTo(stored.mediaType());
      assertThat(manifest.children()).isNotEmpty();
    }
    assertThat(Manifest.parse(image.root().body(), "").mediaType())
        .isEqualTo(image.root().mediaType());
  }

  static List<RandomImageOptions> families() {
    return List.of(
        RandomImageOptions.small(),
        RandomImageOptions.multiPlatform(),
        RandomImageOptions.small().asDocker(),
        RandomImageOptions.multiPlatform().asDocker());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "application/vnd.oci.image.manifest.v1+json; charset=utf-8 |"
            + " application/vnd.oci.image.manifest.v1+json",
        "application/vnd.docker.distribution.manifest.v2+json |"
            + " application/vnd.docker.distribution.manifest.v2+json",
        "application/json | application/vnd.oci.image.manifest.v1+json",
        "text/plain | application/vnd.oci.image.manifest.v1+json",
        "'' | application/vnd.oci.image.manifest.v1+json"
      })
  void anAbsentMediaTypeIsThatItWasServedWith(String served, String mediaType) {
    assertThat(parse(IMAGE, served).mediaType()).isEqualTo(mediaType);
  }

  @Test
  void nullsAndUnknownFieldsAreNoMatter() {
    var manifest =
        (ImageManifest)
            parse(
                "{\"schemaVersion\":2,\"annotations\":null,\"subject\":null,\"mediaType\":null,"
                    + "\"x-foo\":{\"a\":[1]},\"config\":"
                    + CONFIG.replace(
                        "\"size\"", "\"y\":1.5e3,\"urls\":null,\"platform\":null,\"size\"")
                    + ",\"layers\":null}",
                "");

    assertThat(manifest.layers()).isEmpty();
    assertThat(manifest.annotations()).isEmpty();
    assertThat(manifest.config().platform()).isEmpty();
  }

  @Test
  void invalidUtf8BecomesReplacementCharactersOneForEachByte() throws Exception {
    var body = new ByteArrayOutputStream();
    body.write(
        (IMAGE.substring(0, IMAGE.length() - 1) + ",\"annotations\":{\"k\":\"a")
            .getBytes(StandardCharsets.UTF_8));
    // A cut three-byte sequence, a surrogate, an overlong slash, a lone continuation byte.
    body.write(new byte[] {(byte) 0xE2, (byte) 0x82, 'b', (byte) 0xED, (byte) 0xA0, (byte) 0x80});
    body.write(new byte[] {'c', (byte) 0xC0, (byte) 0xAF, 'd', (byte) 0x80, (byte) 0xF5});
    body.write("\u00e4\\ud800\\ud83d\\udea2\"}}".getBytes(StandardCharsets.UTF_8));

    Manifest manifest = Manifest.parse(body.toByteArray(), "");

    assertThat(manifest.annotations())
        .containsEntry(
            "k",
            "a\uFFFD\uFFFDb\uFFFD\uFFFD\uFFFDc\uFFFD\uFFFDd\uFFFD\uFFFD\u00e4\uFFFD\uD83D\uDEA2");
  }

  @Test
  void embeddedDataIsSpeltAsGoWritesItBack() {
    String config = CONFIG.replace("\"size\":2", "\"size\":2,\"data\":\"YW\\nJj\"");

    var manifest = (ImageManifest) parse(IMAGE.replace(CONFIG, config), "");

    assertThat(manifest.config().data()).hasValue("YWJj");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"schemaVersion":2,"manifests":[],"layers":[]} | `` | readers could disagree
          {"schemaVersion":2,"manifests":[],"config":{}} | `` | readers could disagree
          {"schemaVersion":2,"manifests":[]} | application/vnd.oci.image.manifest.v1+json | that of an index
          {"schemaVersion":2,"manifests":[],"mediaType":"application/vnd.oci.image.manifest.v1+json"} | `` | that of an index
          {"schemaVersion":2,"manifests":[],"mediaType":"application/vnd.docker.distribution.manifest.list.v2+json"} | application/vnd.oci.image.index.v1+json | served with
          {"schemaVersion":2,"manifests":[],"mediaType":"application/x"} | `` | image manifest or index
          {"schemaVersion":2,"manifests":[],"manifests":[]} | `` | Duplicate field
          {"schemaVersion":2,"Manifests":[]} | `` | right case
          {"schemaVersion":2,"manifests":[],"layerſ":[]} | `` | right case
          {"schemaVersion":1,"fsLayers":[]} | `` | Docker schema 1
          {"schemaVersion":1,"manifests":[]} | `` | schemaVersion: 1
          {"manifests":[]} | `` | schemaVersion: 0
          {"schemaVersion":2,"blobs":[],"mediaType":"application/vnd.oci.artifact.manifest.v1+json"} | `` | artifact manifest
          {"schemaVersion":2,"layers":[]} | `` | no config
          {"schemaVersion":2,"manifests":{}} | `` | a JSON array
          {"schemaVersion":2,"manifests":[1]} | `` | manifests[0]
          {"schemaVersion":2,"manifests":[{}]} | `` | manifests[0].digest
          {"schemaVersion":"2","manifests":[]} | `` | an integer
          {"schemaVersion":2.5,"manifests":[]} | `` | an integer
          {"schemaVersion":2,"manifests":[],"annotations":{"a":1}} | `` | annotations
          {"schemaVersion":2,"manifests":[],"annotations":[]} | `` | annotations
          {"schemaVersion":2,"manifests":[]} x | `` | not valid JSON
          {"schemaVersion":2,"manifests":[} | `` | not valid JSON
          [] | `` | a JSON object
          null | `` | a JSON object
          `` | `` | a JSON object
          """)
  void whatHasNoOneMeaningIsRefused(String body, String served, String message) {
    assertThatThrownBy(() -> parse(body == null ? "" : body, served == null ? "" : served))
        .isInstanceOf(OciFormatException.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "1.5", "\"2\"", "9223372036854775808", "null"})
  void aSizeHasToBeAWholeNumberOfBytes(String size) {
    String body = IMAGE.replace("\"size\":2", "\"size\":" + size);

    assertThatThrownBy(() -> parse(body, ""))
        .isInstanceOf(OciFormatException.class)
        .hasMessageContaining("size");
  }

  @Test
  void depthThatNoManifestHasIsRefused() {
    String body = IMAGE.replace("[]", "[".repeat(100_000));

    assertThatThrownBy(() -> parse(body, "")).isInstanceOf(OciFormatException.class);
  }

  @Test
  void moreThanFourMebibytesAreRefused() {
    String padding = " ".repeat(Manifest.MANIFEST_LIMIT - INDEX.length());

    assertThat(parse(INDEX + padding, "").raw().size()).isEqualTo(Manifest.MANIFEST_LIMIT);
    assertThatThrownBy(() -> parse(INDEX + padding + " ", "")).hasMessageContaining("4194304");
  }

  @Test
  void theArtifactTypeIsTheFieldOrTheConfigsMediaType() {
    String artifact = IMAGE.replace("vnd.oci.image.config.v1+json", "vnd.example+json");

    assertThat(((ImageManifest) parse(IMAGE, "")).artifactType()).isEmpty();
    assertThat(((ImageManifest) parse(artifact, "")).artifactType())
        .hasValue("application/vnd.example+json");
    assertThat(
            ((ImageManifest)
                    parse(
                        artifact.replace(
                            "{\"schemaVersion\"", "{\"artifactType\":\"a/b\",\"schemaVersion\""),
                        ""))
                .artifactType())
        .hasValue("a/b");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void damagedManifestsGiveNothingButTypedErrors(long seed) {
    var random = new SplitMix(seed);
    RandomImage image = RandomImage.of(seed, RandomImageOptions.multiPlatform());
    for (int i = 0; i < 1_000; i++) {
      StoredManifest stored = image.manifests().get(i % image.manifests().size());
      byte[] body = Mutations.mutate(stored.body(), random);
      try {
        assertThat(Manifest.parse(body, stored.mediaType()).raw().bytes()).isEqualTo(body);
      } catch (OciFormatException e) {
        assertThat(e.getMessage()).isNotBlank();
      } catch (RuntimeException e) {
        fail("seed " + seed + ", round " + i, e);
      }
    }
  }

  @Test
  void filteringKeepsEntriesWithoutAPlatform() {
    Descriptor plain = new Descriptor(MediaType.OCI_MANIFEST, Digest.of(new byte[] {1}), 1);
    Descriptor amd = plain.withPlatform(Platform.parse("linux/amd64"));
    Descriptor arm = plain.withPlatform(Platform.parse("linux/arm64"));
    ImageIndex index =
        ImageIndex.of(ManifestHead.of(MediaType.OCI_INDEX), List.of(plain, amd, arm));

    assertThat(index.entriesFor(List.of(Platform.parse("linux/arm64"))))
        .containsExactly(plain, arm);
  }

  private static Manifest parse(String body, String served) {
    return Manifest.parse(body.getBytes(StandardCharsets.UTF_8), served);
  }
}
