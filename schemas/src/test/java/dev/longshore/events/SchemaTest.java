package dev.longshore.events;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.model.ModeName;
import dev.longshore.model.PeerName;
import dev.longshore.model.Recipe;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.RootCid;
import dev.longshore.model.SiteName;
import dev.longshore.model.Tag;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Records and their schemas say the same, both ways. */
class SchemaTest {
  private static final Set<Class<?>> TEXTS =
      Set.of(
          String.class,
          Cid.class,
          Digest.class,
          ImageDag.class,
          ModeName.class,
          PeerName.class,
          Recipe.class,
          RootCid.class,
          SiteName.class,
          Tag.class);

  private static final Set<Class<?>> INTEGERS =
      Set.of(int.class, Integer.class, long.class, Long.class);

  static Stream<String> names() {
    return Stream.concat(
        Arrays.stream(EventType.values()).map(t -> t.name().toLowerCase(Locale.ROOT)),
        Stream.of("reference"));
  }

  @ParameterizedTest
  @MethodSource("names")
  void theSchemaHasTheRecordsFieldsInTheirOrderWithTheirTypes(String name) {
    JsonNode schema = Schemas.tree(name);

    assertThat(schema.path("$schema").asText())
        .isEqualTo("https://json-schema.org/draft/2020-12/schema");
    assertThat(schema.path("title").asText()).isEqualTo(Golden.recordClass(name).getSimpleName());
    checkObject(name, schema, Golden.recordClass(name));
  }

  private static void checkObject(String where, JsonNode schema, Class<?> recordClass) {
    List<RequiredFields.Field> fields = RequiredFields.of(recordClass);
    assertThat(schema.path("type").asText()).as(where).isEqualTo("object");
    assertThat(schema.path("description").asText()).as(where).isNotBlank();
    assertThat(fieldNames(schema.path("properties")))
        .as(where)
        .containsExactlyElementsOf(fields.stream().map(RequiredFields.Field::name).toList());
    List<String> required = new ArrayList<>();
    schema.path("required").forEach(r -> required.add(r.asText()));
    assertThat(required)
        .as("%s required", where)
        .containsExactlyElementsOf(
            fields.stream()
                .filter(RequiredFields.Field::required)
                .map(RequiredFields.Field::name)
                .toList());
    for (RequiredFields.Field field : fields) {
      checkProperty(
          where + "." + field.name(), schema.path("properties").path(field.name()), field.type());
    }
  }

  private static void checkProperty(String where, JsonNode property, Type type) {
    assertThat(property.path("description").asText()).as(where).isNotBlank().endsWith(".");
    String jsonType = property.path("type").asText();
    switch (type) {
      case ParameterizedType list -> {
        assertThat(jsonType).as(where).isEqualTo("array");
        checkProperty(where + "[]", property.path("items"), list.getActualTypeArguments()[0]);
      }
      case Class<?> c when TEXTS.contains(c) -> assertThat(jsonType).as(where).isEqualTo("string");
      case Class<?> c when c.isRecord() || c == RepositoryName.class ->
          checkObject(where, property, c);
      case Class<?> c when c.isEnum() -> checkEnum(where, property, c);
      case Class<?> c when c == Instant.class -> {
        assertThat(jsonType).as(where).isEqualTo("string");
        assertThat(property.path("format").asText()).as(where).isEqualTo("date-time");
        assertThat(property.path("description").asText()).as(where).contains("clock, UTC");
      }
      case Class<?> c when c == boolean.class ->
          assertThat(jsonType).as(where).isEqualTo("boolean");
      case Class<?> c when INTEGERS.contains(c) ->
          assertThat(jsonType).as(where).isEqualTo("integer");
      default -> throw new AssertionError(where + " has type " + type + ", which no schema knows");
    }
  }

  /** Where a later release may write others, a schema that refused them would be wrong then. */
  private static void checkEnum(String where, JsonNode property, Class<?> enumClass) {
    List<?> known =
        Arrays.stream(enumClass.getEnumConstants()).filter(c -> !isForOthers((Enum<?>) c)).toList();
    boolean open = known.size() < enumClass.getEnumConstants().length;
    List<String> values = new ArrayList<>();
    property.path(open ? "examples" : "enum").forEach(v -> values.add(v.asText()));
    assertThat(values)
        .as(where)
        .containsExactlyElementsOf(
            known.stream().map(c -> EventMapper.JSON.convertValue(c, String.class)).toList());
    if (open) {
      assertThat(property.path("description").asText())
          .as(where)
          .endsWith("A later release may write others.");
      assertThat(property.path("enum").isMissingNode()).as(where).isTrue();
    }
  }

  private static boolean isForOthers(Enum<?> constant) {
    try {
      return constant
          .getDeclaringClass()
          .getField(constant.name())
          .isAnnotationPresent(JsonEnumDefaultValue.class);
    } catch (NoSuchFieldException e) {
      throw new AssertionError(constant + " is no constant", e);
    }
  }

  private static List<String> fieldNames(JsonNode object) {
    List<String> names = new ArrayList<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }

  /** Guards the validation itself: a check that lets everything pass would prove nothing. */
  @Test
  void aSchemaRefusesWhatIsMissingOrOfAnotherForm() {
    assertThat(Schemas.validate("pin", utf8("{}"))).hasSize(4);
    String blob =
        new String(
            new Golden(Path.of("golden", "blob.v1.plain.json")).bytes(), StandardCharsets.UTF_8);
    assertThat(Schemas.validate("blob", utf8(blob.replace("2026-03-01T", "yesterday "))))
        .hasSize(1);
    assertThat(Schemas.validate("blob", utf8(blob.replace("sha256:", "md5:")))).hasSize(1);
    assertThat(Schemas.validate("blob", utf8(blob.replace("\"size\": 1", "\"size\": -1"))))
        .hasSize(1);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
