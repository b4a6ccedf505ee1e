package dev.longshore.events;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * A file of {@code schemas/golden}: the type's short name with its version, then what is special.
 *
 * @param path where it is
 */
record Golden(Path path) {
  private static final ObjectMapper PLAIN = new ObjectMapper();

  /** Those that this release writes. */
  static List<Golden> all() {
    return in(Path.of("golden"));
  }

  /** Those of other releases, which this one must read. */
  static List<Golden> ofOtherReleases() {
    return in(Path.of("golden", "compatibility"));
  }

  /** Those of values that this release would not write but once could, and must never lose. */
  static List<Golden> odd() {
    return in(Path.of("golden", "odd"));
  }

  /** One that this release writes. */
  static Golden named(String name) {
    return new Golden(Path.of("golden", name + ".json"));
  }

  private static List<Golden> in(Path folder) {
    List<Golden> found = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.json")) {
      files.forEach(f -> found.add(new Golden(f)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    found.sort(Comparator.comparing(Golden::path));
    return found;
  }

  byte[] bytes() {
    try {
      return Files.readAllBytes(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  JsonNode tree() {
    return tree(bytes());
  }

  static JsonNode tree(byte[] json) {
    try {
      return PLAIN.readTree(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Such as {@code pin}. */
  String shortName() {
    String file = path.getFileName().toString();
    return file.substring(0, file.indexOf('.'));
  }

  Class<? extends Record> recordClass() {
    return recordClass(shortName());
  }

  static Class<? extends Record> recordClass(String shortName) {
    return shortName.equals("reference")
        ? ReferenceHint.class
        : EventType.valueOf(shortName.toUpperCase(Locale.ROOT))
            .recordClass()
            .asSubclass(Record.class);
  }

  Record read(byte[] json) throws MalformedEventException {
    if (recordClass() == ReferenceHint.class) {
      return EventJson.readReference(json);
    }
    LongshoreRecord read = EventJson.read(json, recordClass().asSubclass(LongshoreRecord.class));
    return (Record) read;
  }

  static byte[] write(Record value) throws MalformedEventException {
    return value instanceof ReferenceHint hint
        ? EventJson.writeReference(hint)
        : EventJson.write((LongshoreRecord) value);
  }

  @Override
  public String toString() {
    return path.getFileName().toString();
  }
}
