package dev.longshore.ocicrypt;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** A layer that the reference encrypted once stays readable for ever. */
final class GoldenLayerTest {
  private final JsonNode golden;
  private final Map<String, String> annotations = new TreeMap<>();

  GoldenLayerTest() throws IOException {
    try (InputStream in = getClass().getResourceAsStream("reference-v1.3.2.json")) {
      golden = new JsonMapper().readTree(in);
    }
    golden
        .path("annotations")
        .properties()
        .forEach(a -> annotations.put(a.getKey(), a.getValue().asText()));
  }

  @Test
  void everyRecipientsKeyOpensIt() throws IOException {
    assertThat(golden.path("keys")).hasSize(8);
    for (Map.Entry<String, JsonNode> key : golden.path("keys").properties()) {
      byte[] file = key.getValue().asText().getBytes(StandardCharsets.US_ASCII);
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      try (PrivateKeys keys = PrivateKeys.parse(List.of(key.getKey()), _ -> file)) {
        LayerCipher.decrypt(
            new ByteArrayInputStream(golden.path("cipher").binaryValue()), annotations, keys, out);
      }
      assertThat(out.toString(StandardCharsets.US_ASCII))
          .as(key.getKey())
          .isEqualTo(golden.path("plain").asText());
    }
  }

  @Test
  void itSaysForWhomItIs() throws IOException {
    assertThat(LayerKeys.inspect(annotations))
        .extracting(packet -> packet.scheme() + " " + packet.recipients().size())
        .containsExactly("jwe 4", "pgp 3", "pkcs7 2");
  }
}
