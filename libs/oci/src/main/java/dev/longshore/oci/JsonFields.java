package dev.longshore.oci;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.longshore.model.Excerpt;
import dev.longshore.model.OciFormatException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The fields of one JSON object, read as Go reads them into a struct: {@code null} is absent,
 * unknown ones are ignored. Refuses a name that differs from a known field only in case, which Go
 * would accept but other readers would not.
 *
 * @param path the object's place, for messages: {@code layers[2].platform}
 */
record JsonFields(String path, JsonNode node) {
  /**
   * Limit of names, values and brackets in a document. An image with 127 layers has some thousands;
   * 4 MiB of empty objects would have 3 million, and a tree of over 100 MB.
   */
  static final int MAX_TOKENS = 500_000;

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              ForeignJson.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxTokenCount(MAX_TOKENS).build())
                  .build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /** Parses a whole document, which must be an object. */
  static JsonFields parse(byte[] body, Set<String> known) {
    JsonNode node;
    try {
      node = MAPPER.readTree(GoText.decode(body));
    } catch (JsonProcessingException e) {
      throw new OciFormatException("not valid JSON: " + Excerpt.of(e.getOriginalMessage()), e);
    }
    return checked("", node, known);
  }

  private static JsonFields checked(String path, @Nullable JsonNode node, Set<String> known) {
    if (node == null || !node.isObject()) {
      throw OciFormatException.of(path.isEmpty() ? "body" : path, kind(node), "a JSON object");
    }
    var fields = new JsonFields(path, node);
    for (String name : (Iterable<String>) node::fieldNames) {
      if (!known.contains(name) && known.stream().anyMatch(name::equalsIgnoreCase)) {
        throw OciFormatException.of(fields.at(name), "field", "the name in its right case");
      }
    }
    return fields;
  }

  boolean has(String name) {
    return node.hasNonNull(name);
  }

  Optional<JsonFields> object(String name, Set<String> known) {
    return has(name) ? Optional.of(checked(at(name), node.get(name), known)) : Optional.empty();
  }

  /** The objects of a list; empty if the field is absent. */
  Optional<List<JsonFields>> objects(String name, Set<String> known) {
    if (!has(name)) {
      return Optional.empty();
    }
    JsonNode list = list(name);
    var objects = new ArrayList<JsonFields>(list.size());
    for (int i = 0; i < list.size(); i++) {
      objects.add(checked(at(name) + "[" + i + "]", list.get(i), known));
    }
    return Optional.of(objects);
  }

  /** A text; empty if absent, as in Go. */
  String text(String name) {
    return has(name) ? text(at(name), node.get(name)) : "";
  }

  Optional<String> optionalText(String name) {
    return Optional.of(text(name)).filter(t -> !t.isEmpty());
  }

  List<String> texts(String name) {
    if (!has(name)) {
      return List.of();
    }
    var texts = new ArrayList<String>();
    list(name).forEach(element -> texts.add(text(at(name), element)));
    return texts;
  }

  Map<String, String> textMap(String name) {
    if (!has(name)) {
      return Map.of();
    }
    var map = new LinkedHashMap<String, String>();
    JsonNode object = node.get(name);
    if (!object.isObject()) {
      throw OciFormatException.of(at(name), kind(object), "a JSON object");
    }
    object
        .properties()
        .forEach(e -> map.put(GoText.wellFormed(e.getKey()), text(at(name), e.getValue())));
    return map;
  }

  long integer(String name) {
    JsonNode value = node.get(name);
    if (value == null || !value.isIntegralNumber() || !value.canConvertToLong()) {
      throw OciFormatException.of(at(name), kind(value), "an integer");
    }
    return value.longValue();
  }

  /** Base64 in its canonical spelling, as Go rewrites it; line ends are ignored. */
  Optional<String> base64(String name) {
    return optionalText(name)
        .map(
            text -> {
              try {
                byte[] decoded = Base64.getDecoder().decode(text.replaceAll("[\r\n]", ""));
                return Base64.getEncoder().encodeToString(decoded);
              } catch (IllegalArgumentException e) {
                throw new OciFormatException(at(name) + ": not standard base64", e);
              }
            });
  }

  String at(String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  private JsonNode list(String name) {
    JsonNode list = node.get(name);
    if (!list.isArray()) {
      throw OciFormatException.of(at(name), kind(list), "a JSON array");
    }
    return list;
  }

  private static String text(String where, JsonNode value) {
    if (!value.isTextual() && !value.isNull()) {
      throw OciFormatException.of(where, kind(value), "a JSON string");
    }
    return value.isNull() ? "" : GoText.wellFormed(value.textValue());
  }

  private static String kind(@Nullable JsonNode node) {
    return node == null
        ? "nothing"
        : node.isValueNode() ? node.toString() : node.getNodeType().name();
  }
}
