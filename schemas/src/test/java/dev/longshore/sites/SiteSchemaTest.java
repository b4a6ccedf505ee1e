package dev.longshore.sites;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The bodies by which a node joins, their schemas and their examples say the same. */
class SiteSchemaTest {
  private static final Map<String, Class<? extends Record>> BODIES =
      Map.of("join", JoinRequest.class, "admission", Admission.class);

  private static final ObjectMapper PLAIN = new ObjectMapper();

  static List<Path> goldens() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("golden", "sites"))) {
      return files.filter(file -> BODIES.containsKey(body(file))).sorted().toList();
    }
  }

  static Stream<String> bodies() {
    return BODIES.keySet().stream().sorted();
  }

  private static String body(Path golden) {
    String file = golden.getFileName().toString();
    return file.substring(0, file.indexOf('.'));
  }

  private static String schema(String body) throws IOException {
    return Files.readString(Path.of("sites", body + ".v1.schema.json"));
  }

  private static List<?> wrong(String body, String json) throws IOException {
    return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
        .getSchema(schema(body), InputFormat.JSON)
        .validate(
            json,
            InputFormat.JSON,
            context -> context.executionConfig(config -> config.formatAssertionsEnabled(true)));
  }

  @Test
  void everyBodyHasAnExample() throws Exception {
    assertThat(goldens()).extracting(SiteSchemaTest::body).containsAll(BODIES.keySet());
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void anExampleIsValidAndIsWrittenBackAsItWasRead(Path golden) throws Exception {
    String json = Files.readString(golden);
    assertThat(wrong(body(golden), json)).isEmpty();

    Record read = SiteJson.read(json.getBytes(StandardCharsets.UTF_8), BODIES.get(body(golden)));
    byte[] written = SiteJson.write(read);

    assertThat(PLAIN.readTree(written).toString()).isEqualTo(PLAIN.readTree(json).toString());
    assertThat((Object) SiteJson.read(written, BODIES.get(body(golden)))).isEqualTo(read);
  }

  @ParameterizedTest
  @MethodSource("bodies")
  void theSchemaHasTheFieldsOfTheBodyInTheirOrder(String body) throws Exception {
    JsonNode schema = PLAIN.readTree(schema(body));

    assertThat(schema.path("title").asText()).isEqualTo(BODIES.get(body).getSimpleName());
    assertThat(schema.path("properties").fieldNames())
        .toIterable()
        .containsExactlyElementsOf(
            Arrays.stream(BODIES.get(body).getRecordComponents())
                .map(RecordComponent::getName)
                .toList());
  }

  /** Guards the validation itself. */
  @Test
  void aSchemaRefusesWhatIsOfAnotherForm() throws Exception {
    String admission = Files.readString(Path.of("golden", "sites", "admission.v1.rotating.json"));
    for (String wrong :
        List.of(
            admission.replace("2026-03-31T12", "yesterday"),
            admission.replace("21fe31dfa154a261", "21fe"),
            admission.replace("longshore_site_", "x\", \"a\": \""),
            admission.replace("store-17", "../17"))) {
      assertThat(wrong("admission", wrong)).isNotEmpty();
    }
    assertThat(wrong("join", "{\"node\": \"shop/1\", \"version\": \"1\"}")).isNotEmpty();
  }

  /** It is all that a log may show of it. */
  @Test
  void anAdmissionDoesNotShowItsCredential() throws Exception {
    Admission read =
        SiteJson.read(
            Files.readAllBytes(Path.of("golden", "sites", "admission.v1.rotating.json")),
            Admission.class);

    assertThat(read).hasToString("admission of store-17 until 2026-03-31T12:00:00Z");
  }
}
