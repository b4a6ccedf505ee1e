package dev.longshore.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayInputStream;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class RandomImageTest {
  private static final JsonMapper MAPPER = new JsonMapper();

  static List<RandomImageOptions> options() {
    return List.of(
        RandomImageOptions.small(),
        RandomImageOptions.small().withEmptyLayer().withAnnotations(),
        RandomImageOptions.small().asDocker(),
        RandomImageOptions.small().withAttestations(),
        RandomImageOptions.multiPlatform(),
        RandomImageOptions.multiPlatform().asDocker());
  }

  @ParameterizedTest
  @MethodSource("options")
  void everyDescriptorNamesWhatIsThere(RandomImageOptions options) throws Exception {
    RandomImage image = RandomImage.of(1, options);

    for (RandomImage.StoredManifest manifest : image.manifests()) {
      assertThat(manifest.digest()).isEqualTo(Sha256.digest(manifest.body()));
      JsonNode json = MAPPER.readTree(manifest.body());
      assertThat(json.path("mediaType").asText()).isEqualTo(manifest.mediaType());
      for (JsonNode child : json.findParents("digest")) {
        String digest = child.path("digest").asText();
        byte[] body =
            image.blobs().containsKey(digest)
                ? image.blobs().get(digest)
                : image.manifest(digest).body();
        assertThat(child.path("size").asInt()).isEqualTo(body.length);
        assertThat(Sha256.digest(body)).isEqualTo(digest);
      }
    }
  }

  @Test
  void diffIdsAreThoseOfTheUncompressedLayers() throws Exception {
    RandomImage image = RandomImage.of(2);
    JsonNode manifest = MAPPER.readTree(image.root().body());
    JsonNode config = MAPPER.readTree(image.blobs().get(manifest.at("/config/digest").asText()));

    List<String> diffIds =
        StreamSupport.stream(config.at("/rootfs/diff_ids").spliterator(), false)
            .map(JsonNode::asText)
            .toList();

    for (int i = 0; i < diffIds.size(); i++) {
      byte[] layer = image.blobs().get(manifest.at("/layers/" + i + "/digest").asText());
      try (var gzip = new GZIPInputStream(new ByteArrayInputStream(layer))) {
        assertThat(Sha256.digest(gzip.readAllBytes())).isEqualTo(diffIds.get(i));
      }
    }
    assertThat(diffIds).hasSize(2);
  }

  @Test
  void aSeedGivesOneImageAndAnotherSeedAnother() {
    RandomImageOptions options = RandomImageOptions.multiPlatform();

    assertThat(RandomImage.of(3, options).rootDigest())
        .isEqualTo(RandomImage.of(3, options).rootDigest())
        .isNotEqualTo(RandomImage.of(4, options).rootDigest());
  }

  /** First outputs of SplitMix64 for this seed, as its authors' reference code prints them. */
  @Test
  void theGeneratorIsSplitMix64() {
    var random = new SplitMix(1_234_567);

    assertThat(random.nextLong()).isEqualTo(6_457_827_717_110_365_317L);
    assertThat(random.nextLong()).isEqualTo(3_203_168_211_198_807_973L);
  }

  @Test
  void aTarIsReadableAndEndsInTwoEmptyBlocks() {
    byte[] tar = Tar.of(Map.of("a/b", new byte[] {1, 2, 3}));

    assertThat(tar).hasSize(4 * 512);
    assertThat(new String(tar, 257, 5, java.nio.charset.StandardCharsets.US_ASCII))
        .isEqualTo("ustar");
  }

  @Test
  void mutationsChangeBytesAndNeverTheirInput() {
    byte[] valid =
        "a valid document of some length".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    byte[] before = valid.clone();
    var random = new SplitMix(1);
    int changed = 0;
    for (int i = 0; i < 100; i++) {
      changed += java.util.Arrays.equals(Mutations.mutate(valid, random), valid) ? 0 : 1;
    }

    assertThat(valid).isEqualTo(before);
    assertThat(changed).isGreaterThan(90);
  }
}
