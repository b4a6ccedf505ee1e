package dev.longshore.oci;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * JSON with values kept as text, so that numbers and the order of nested fields do not change. Like
 * Go's raw messages: compact, and HTML-escaped.
 */
final class RawJson {
  private static final ObjectMapper MAPPER = new ObjectMapper(ForeignJson.factory());
  private final String text;
  private int at;

  private RawJson(String text) {
    this.text = text;
  }

  /**
   * The members of an object, each value compact.
   *
   * @param json valid JSON, already parsed
   */
  static Map<String, String> members(String json) {
    return new RawJson(json).members();
  }

  /** An object of these members, sorted by name. */
  static String object(Map<String, String> members) {
    GoJson json = new GoJson().open('{');
    members.keySet().stream()
        .sorted(GoText.BY_UTF8)
        .forEach(name -> json.name(name).raw(members.getOrDefault(name, "null")));
    return new String(json.close('}').bytes(), StandardCharsets.UTF_8);
  }

  private Map<String, String> members() {
    var members = new LinkedHashMap<String, String>();
    skipSpace();
    expect('{');
    skipSpace();
    while (text.charAt(at) != '}') {
      String name = name();
      skipSpace();
      expect(':');
      skipSpace();
      members.put(name, value());
      skipSpace();
      if (text.charAt(at) == ',') {
        at++;
        skipSpace();
      }
    }
    return members;
  }

  private String name() {
    int begin = at;
    skipString();
    try {
      return GoText.wellFormed(MAPPER.readValue(text.substring(begin, at), String.class));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("a name that was valid JSON before", e);
    }
  }

  /** The value up to the comma or bracket that ends it, without space, escaped. */
  private String value() {
    var out = new StringBuilder();
    int depth = 0;
    while (true) {
      char c = text.charAt(at);
      if (c == '"') {
        int begin = at;
        skipString();
        escape(text.substring(begin, at), out);
        continue;
      }
      if (depth == 0 && (c == ',' || c == '}' || c == ']')) {
        return out.toString();
      }
      depth += c == '{' || c == '[' ? 1 : c == '}' || c == ']' ? -1 : 0;
      if (!isSpace(c)) {
        out.append(c);
      }
      at++;
    }
  }

  private static void escape(String string, StringBuilder out) {
    for (int i = 0; i < string.length(); i++) {
      char c = string.charAt(i);
      switch (c) {
        case '<' -> out.append("\\u003c");
        case '>' -> out.append("\\u003e");
        case '&' -> out.append("\\u0026");
        case '\u2028' -> out.append("\\u2028");
        case '\u2029' -> out.append("\\u2029");
        default -> out.append(c);
      }
    }
  }

  private void skipString() {
    expect('"');
    while (text.charAt(at) != '"') {
      at += text.charAt(at) == '\\' ? 2 : 1;
    }
    at++;
  }

  private void skipSpace() {
    while (at < text.length() && isSpace(text.charAt(at))) {
      at++;
    }
  }

  private static boolean isSpace(char c) {
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
  }

  private void expect(char c) {
    if (text.charAt(at) != c) {
      throw new IllegalArgumentException(
          "character %d: %s (expected: %s)".formatted(at, text.charAt(at), c));
    }
    at++;
  }
}
