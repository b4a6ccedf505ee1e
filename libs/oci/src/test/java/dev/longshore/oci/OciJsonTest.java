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

/** Each expected text is what Go's json.Marshal gives for the image spec's structs. */
final class OciJsonTest {
  private static final Digest DIGEST = Digest.sha256("ab".repeat(32));
  private static final Descriptor PLAIN = new Descriptor("a/b", DIGEST, 7);
  private static final String PLAIN_JSON =
      "{\"mediaType\":\"a/b\",\"digest\":\"" + DIGEST + "\",\"size\":7}";

  @Test
  void aPlainDescriptorHasThreeFields() {
    assertThat(json(PLAIN)).isEqualTo(PLAIN_JSON);
  }

  @Test
  void aFullDescriptorKeepsGosOrder() {
    var full =
        new Descriptor(
            "a/b",
            DIGEST,
            7,
            List.of("ipfs://x", "https://y"),
            Map.of("z", "1", "a", "2"),
            Optional.of("YWJj"),
            Optional.of(new Platform("windows", "arm", "v7", "10.0.1", List.of("win32k", "other"))),
            Optional.of("application/x"));

    assertThat(json(full))
        .isEqualTo(
            "{\"mediaType\":\"a/b\",\"digest\":\""
                + DIGEST
                + "\",\"size\":7,\"urls\":[\"ipfs://x\",\"https://y\"],"
                + "\"annotations\":{\"a\":\"2\",\"z\":\"1\"},\"data\":\"YWJj\","
                + "\"platform\":{\"architecture\":\"arm\",\"os\":\"windows\",\"os.version\":\"10.0.1\","
                + "\"os.features\":[\"win32k\",\"other\"],\"variant\":\"v7\"},"
                + "\"artifactType\":\"application/x\"}");
  }

  @Test
  void anEmptyPlatformKeepsItsTwoFields() {
    assertThat(json(PLAIN.withPlatform(new Platform("", ""))))
        .endsWith(",\"platform\":{\"architecture\":\"\",\"os\":\"\"}}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          3C          | \\u003c
          3E          | \\u003e
          26          | \\u0026
          2028        | \\u2028
          2029        | \\u2029
          22          | \\"
          5C          | \\\\
          8           | \\b
          C           | \\f
          A           | \\n
          D           | \\r
          9           | \\t
          0           | \\u0000
          1F          | \\u001f
          B           | \\u000b
          1B          | \\u001b
          D800        | \\ufffd
          DC00        | \\ufffd
          """)
  void thisCharacterIsEscaped(String hex, String escaped) {
    assertThat(value(Character.toString((char) Integer.parseInt(hex, 16)))).isEqualTo(escaped);
  }

  @ParameterizedTest
  @CsvSource({"2F", "27", "7F", "80", "E4", "20AC", "FFFD", "1F6A2", "10FFFF"})
  void thisCharacterStaysAsItIs(String hex) {
    String text = Character.toString(Integer.parseInt(hex, 16));

    assertThat(value(text)).isEqualTo(text);
  }

  @Test
  void keysAreSortedByTheirUtf8Bytes() {
    // As UTF-16 the supplementary character would come before U+FF21 and U+FFFD.
    Map<String, String> annotations =
        Map.of("\uD83D\uDEA2", "4", "\uFF21", "2", "\uFFFD", "3", "z", "1", "Z", "0", "zz", "1b");

    assertThat(json(PLAIN.withAnnotations(annotations)))
        .contains(
            "{\"Z\":\"0\",\"z\":\"1\",\"zz\":\"1b\",\"\uFF21\":\"2\",\"\uFFFD\":\"3\",\"\uD83D\uDEA2\":\"4\"}");
  }

  @Test
  void aManifestKeepsGosOrder() {
    var head =
        new ManifestHead(
            Optional.of("m/t"), Optional.of("a/t"), Optional.of(PLAIN), Map.of("k", "v"));

    ImageManifest manifest = ImageManifest.of(head, PLAIN, List.of(PLAIN, PLAIN));

    assertThat(text(manifest))
        .isEqualTo(
            "{\"schemaVersion\":2,\"mediaType\":\"m/t\",\"artifactType\":\"a/t\",\"config\":"
                + PLAIN_JSON
                + ",\"layers\":["
                + PLAIN_JSON
                + ","
                + PLAIN_JSON
                + "],\"subject\":"
                + PLAIN_JSON
                + ",\"annotations\":{\"k\":\"v\"}}");
  }

  @Test
  void anIndexKeepsGosOrder() {
    var head =
        new ManifestHead(Optional.empty(), Optional.empty(), Optional.of(PLAIN), Map.of("k", "v"));

    assertThat(text(ImageIndex.of(head, List.of(PLAIN))))
        .isEqualTo(
            "{\"schemaVersion\":2,\"manifests\":["
                + PLAIN_JSON
                + "],\"subject\":"
                + PLAIN_JSON
                + ",\"annotations\":{\"k\":\"v\"}}");
  }

  @Test
  void emptyListsAreWrittenAndAbsentOnesAreNull() {
    String body = "{\"schemaVersion\":2,\"config\":" + PLAIN_JSON + ",\"layers\":%s}";
    var empty = (ImageManifest) parse(body.formatted("[]"));
    var absent = (ImageManifest) parse(body.formatted("null"));

    assertThat(text(empty.rewrite(d -> d))).isEqualTo(body.formatted("[]"));
    assertThat(text(absent.rewrite(d -> d))).isEqualTo(body.formatted("null"));
  }

  private static Manifest parse(String body) {
    return Manifest.parse(body.getBytes(StandardCharsets.UTF_8), "");
  }

  private static String text(Manifest manifest) {
    return new String(manifest.raw().bytes(), StandardCharsets.UTF_8);
  }

  private static String json(Descriptor descriptor) {
    return new String(OciJson.descriptor(descriptor), StandardCharsets.UTF_8);
  }

  /** How an annotation's value is written. */
  private static String value(String text) {
    String json = json(PLAIN.withAnnotations(Map.of("k", text)));
    int start = json.indexOf("{\"k\":\"") + 6;
    return json.substring(start, json.length() - 3);
  }
}
