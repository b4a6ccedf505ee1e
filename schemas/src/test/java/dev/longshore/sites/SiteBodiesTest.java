package dev.longshore.sites;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.longshore.model.Digest;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What sites and hubs send each other, its schemas and its examples say the same. */
class SiteBodiesTest {
  static final Map<String, Class<? extends Record>> BODIES =
      Map.of(
          "join", JoinRequest.class,
          "admission", Admission.class,
          "changes", ChangeLine.class,
          "leaves", Leaves.class,
          "presence", DagPresence.class,
          "report", Report.class);

  private static final ObjectMapper PLAIN = new ObjectMapper();

  static List<Path> goldens() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("golden", "sites"))) {
      return files.filter(file -> BODIES.containsKey(body(file))).sorted().toList();
    }
  }

  static Stream<String> bodies() {
    return BODIES.keySet().stream().sorted();
  }

  static String body(Path golden) {
    String file = golden.getFileName().toString();
    return file.substring(0, file.indexOf('.'));
  }

  private static Path schema(String body) {
    return Path.of("sites", body + ".v1.schema.json");
  }

  private static List<?> wrong(String body, byte[] json) throws IOException {
    return wrong(schema(body), json);
  }

  static List<?> wrong(Path file, byte[] json) throws IOException {
    Schema schema =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(Files.readString(file), InputFormat.JSON);
    return schema.validate(
        new String(json, StandardCharsets.UTF_8),
        InputFormat.JSON,
        context -> context.executionConfig(config -> config.formatAssertionsEnabled(true)));
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void anExampleIsValidAndIsWrittenBackAsItWasRead(Path golden) throws Exception {
    byte[] json = Files.readAllBytes(golden);
    assertThat(wrong(body(golden), json)).isEmpty();

    Record read = SiteJson.read(json, BODIES.get(body(golden)));
    byte[] written = SiteJson.write(read);

    assertThat(PLAIN.readTree(written).toString()).isEqualTo(PLAIN.readTree(json).toString());
    assertThat((Object) SiteJson.read(written, BODIES.get(body(golden)))).isEqualTo(read);
    assertThat(written).doesNotContain((byte) '\n');
  }

  @Test
  void everyLineOfChangesHasAnExample() throws Exception {
    for (RecordComponent component : ChangeLine.class.getRecordComponents()) {
      String field = component.getName();
      boolean shown = false;
      for (Path golden : goldens()) {
        shown |= PLAIN.readTree(golden.toFile()).has(field);
      }
      assertThat(shown).as(field).isTrue();
    }
  }

  @ParameterizedTest
  @MethodSource("bodies")
  void theSchemaHasTheFieldsOfTheBodyInTheirOrder(String body) throws Exception {
    JsonNode schema = PLAIN.readTree(schema(body).toFile());

    assertThat(schema.path("title").asText()).isEqualTo(BODIES.get(body).getSimpleName());
    check(body, schema, BODIES.get(body));
  }

  private static void check(String where, JsonNode schema, Class<?> record) {
    assertThat(schema.path("description").asText()).as(where).endsWith(".");
    List<String> names = new ArrayList<>();
    for (RecordComponent component : record.getRecordComponents()) {
      if (component.getAccessor().isAnnotationPresent(JsonUnwrapped.class)) {
        names.addAll(List.of("registry", "repository"));
        continue;
      }
      names.add(component.getName());
      JsonNode property = schema.path("properties").path(component.getName());
      Class<?> within =
          component.getGenericType() instanceof ParameterizedType list
              ? (Class<?>) list.getActualTypeArguments()[0]
              : component.getType();
      if (within.isRecord() && !within.getPackageName().equals(Digest.class.getPackageName())) {
        check(
            where + "." + component.getName(),
            component.getType() == List.class ? property.path("items") : property,
            within);
      }
    }
    List<String> described = new ArrayList<>();
    schema.path("properties").fieldNames().forEachRemaining(described::add);
    assertThat(described).as(where).isEqualTo(names);
  }

  /** Guards the validation itself. */
  @Test
  void aSchemaRefusesWhatIsOfAnotherForm() throws Exception {
    String report = Files.readString(Path.of("golden", "sites", "report.v1.behind.json"));
    for (String wrong :
        Arrays.asList(
            report.replace("\"sequence\": 42", "\"sequence\": 0"),
            report.replace("\"sequence\": 42,", ""),
            report.replace("2026-03-01T12", "yesterday"),
            report.replace("sha256:", "md5:"))) {
      assertThat(wrong("report", wrong.getBytes(StandardCharsets.UTF_8))).isNotEmpty();
    }
    String admission = Files.readString(Path.of("golden", "sites", "admission.v1.rotating.json"));
    for (String wrong :
        List.of(
            admission.replace("21fe31dfa154a261", "21fe"),
            admission.replace("longshore_site_", "x\", \"a\": \""),
            admission.replace("store-17", "../17"))) {
      assertThat(wrong("admission", wrong.getBytes(StandardCharsets.UTF_8))).isNotEmpty();
    }
  }

  @Test
  void everyBodyHasAnExample() throws Exception {
    assertThat(goldens()).extracting(SiteBodiesTest::body).containsAll(BODIES.keySet());
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

  /** Sites and hubs of earlier releases say nothing of names that are missed. */
  @Test
  void whatAnEarlierReleaseWritesMissesNothing() throws Exception {
    String report = Files.readString(Path.of("golden", "sites", "report.v1.first.json"));
    byte[] before = report.replace(",\n  \"missed\": []", "").getBytes(StandardCharsets.UTF_8);
    assertThat(before).hasSizeLessThan(report.length());
    assertThat(wrong("report", before)).isEmpty();
    assertThat(SiteJson.read(before, Report.class).missed()).isEmpty();

    byte[] group =
        "{\"group\":{\"name\":\"shops\",\"zone\":\"UTC\",\"paused\":false}}"
            .getBytes(StandardCharsets.UTF_8);
    assertThat(wrong("changes", group)).isEmpty();
    Group read = SiteJson.read(group, ChangeLine.class).group();
    assertThat(read).isNotNull().extracting(Group::repositories).isEqualTo(List.of());
  }

  /** A line of a later release is signed as the others are, and passed over. */
  @Test
  void aLineThatIsNotKnownIsNone() throws Exception {
    byte[] line = "{\"forecast\":{\"rain\":true}}".getBytes(StandardCharsets.UTF_8);

    assertThat(SiteJson.read(line, ChangeLine.class))
        .isEqualTo(new ChangeLine(null, null, null, null, null));
  }
}
