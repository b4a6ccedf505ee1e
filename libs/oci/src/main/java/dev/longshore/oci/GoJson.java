package dev.longshore.oci;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Writes JSON with the bytes of Go's {@code json.Marshal}: compact, HTML-escaped, maps sorted. */
final class GoJson {
  private final StringBuilder out = new StringBuilder(512);

  GoJson open(char bracket) {
    separate();
    out.append(bracket);
    return this;
  }

  GoJson close(char bracket) {
    out.append(bracket);
    return this;
  }

  GoJson name(String key) {
    separate();
    quote(key);
    out.append(':');
    return this;
  }

  GoJson string(String value) {
    separate();
    quote(value);
    return this;
  }

  GoJson number(long value) {
    separate();
    out.append(value);
    return this;
  }

  /** A value that is already JSON, compact and escaped. */
  GoJson raw(String json) {
    separate();
    out.append(json);
    return this;
  }

  GoJson nil() {
    separate();
    out.append("null");
    return this;
  }

  /** A field that Go leaves out when it is empty. */
  GoJson optional(String key, String value) {
    return value.isEmpty() ? this : name(key).string(value);
  }

  GoJson optional(String key, List<String> values) {
    if (values.isEmpty()) {
      return this;
    }
    name(key).open('[');
    values.forEach(this::string);
    return close(']');
  }

  GoJson optional(String key, Map<String, String> map) {
    if (map.isEmpty()) {
      return this;
    }
    name(key).open('{');
    map.keySet().stream()
        .sorted(GoText.BY_UTF8)
        .forEach(k -> name(k).string(map.getOrDefault(k, "")));
    return close('}');
  }

  byte[] bytes() {
    return out.toString().getBytes(StandardCharsets.UTF_8);
  }

  private void separate() {
    char last = out.isEmpty() ? '{' : out.charAt(out.length() - 1);
    if (last != '{' && last != '[' && last != ':') {
      out.append(',');
    }
  }

  private void quote(String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\b' -> out.append("\\b");
        case '\f' -> out.append("\\f");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case '<', '>', '&', '\u2028', '\u2029' -> escape(c);
        default -> {
          if (c < 0x20) {
            escape(c);
          } else if (!Character.isSurrogate(c)) {
            out.append(c);
          } else if (GoText.isPair(text, i)) {
            out.append(c).append(text.charAt(++i));
          } else {
            out.append("\\ufffd");
          }
        }
      }
    }
    out.append('"');
  }

  private void escape(char c) {
    String hex = Integer.toHexString(c);
    out.append("\\u").repeat('0', 4 - hex.length()).append(hex);
  }
}
