package dev.longshore.app.mirror;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.toml.TomlMapper;

/** TOML as containerd's files have it. */
final class Toml {
  private static final TomlMapper MAPPER = new TomlMapper();

  private Toml() {}

  /**
   * Reads a file; what it says may be a secret, so an error has only the place.
   *
   * @param file for the error
   */
  static JsonNode read(String text, String file) throws MirrorException {
    try {
      return MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      throw new MirrorException(
          "%s is not TOML%s; nothing was changed: mend it, or move it aside"
              .formatted(
                  file, e.getLocation() == null ? "" : ", line " + e.getLocation().getLineNr()));
    }
  }

  /** A basic string. */
  static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        quoted.append('\\');
      }
      if (c < ' ') {
        quoted.append("\\u%04x".formatted((int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }
}
