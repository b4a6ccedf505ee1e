package dev.longshore.events;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The files of {@code schemas/events}. */
final class Schemas {
  private static final SchemaRegistry REGISTRY =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

  private Schemas() {}

  static JsonNode tree(String shortName) {
    return Golden.tree(text(shortName).getBytes(StandardCharsets.UTF_8));
  }

  /** What the schema finds wrong, formats of strings included. */
  static List<Error> validate(String shortName, byte[] json) {
    Schema schema = REGISTRY.getSchema(text(shortName), InputFormat.JSON);
    return schema.validate(
        new String(json, StandardCharsets.UTF_8),
        InputFormat.JSON,
        context -> context.executionConfig(config -> config.formatAssertionsEnabled(true)));
  }

  private static String text(String shortName) {
    try {
      return Files.readString(Path.of("events", shortName + ".v1.schema.json"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
