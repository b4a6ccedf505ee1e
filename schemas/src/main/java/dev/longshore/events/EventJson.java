package dev.longshore.events;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * Records as JSON. The schema of each is in {@code schemas/events}.
 *
 * <p>Compatibility: unknown fields are ignored, so a release may add fields; an added field must be
 * {@code @Nullable} or a list, since older records lack it: it then reads as null or empty. Every
 * other field is required. An enum may have a constant for values of later releases.
 *
 * <p>Output is deterministic: fields in the order of the record's components, instants as ISO 8601
 * in UTC, no field for null.
 */
public final class EventJson {
  /**
   * Most bytes of one record: the size that intermediaries of CloudEvents must forward. Refer to
   * larger content by digest or CID instead.
   */
  public static final int LIMIT = 64 * 1024;

  private EventJson() {}

  /** The CloudEvents type name of a record class, such as {@code dev.longshore.hint.v1}. */
  public static String type(Class<? extends LongshoreRecord> recordClass) {
    return Arrays.stream(EventType.values())
        .filter(t -> t.recordClass() == recordClass)
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException("class: " + recordClass + " (expected: a record)"))
        .typeName();
  }

  /**
   * Writes a record.
   *
   * @throws MalformedEventException when it takes more than {@link #LIMIT} bytes
   */
  public static byte[] write(LongshoreRecord record) throws MalformedEventException {
    return writeValue(record);
  }

  /**
   * Writes the body of a hint whose content type is {@link Hint#REFERENCE}.
   *
   * @throws MalformedEventException when it takes more than {@link #LIMIT} bytes
   */
  public static byte[] writeReference(ReferenceHint hint) throws MalformedEventException {
    return writeValue(hint);
  }

  /**
   * Reads a record of a known class.
   *
   * @throws MalformedEventException when the bytes are more than {@link #LIMIT}, are not JSON, lack
   *     a field or hold one of another type
   */
  public static <T extends LongshoreRecord> T read(byte[] json, Class<T> recordClass)
      throws MalformedEventException {
    return readValue(json, recordClass);
  }

  /**
   * Reads what {@link #write(LongshoreRecord)} wrote of a record that was itself read or made here:
   * nothing can be missing, so it is not looked for.
   *
   * @throws MalformedEventException when the bytes are not the JSON of such a record
   */
  public static <T extends LongshoreRecord> T readWritten(byte[] json, Class<T> recordClass)
      throws MalformedEventException {
    String what = "reading " + recordClass.getSimpleName();
    try {
      return EventMapper.JSON.readValue(json, recordClass);
    } catch (JsonMappingException e) {
      throw new MalformedEventException(what + at(e) + ": " + e.getOriginalMessage(), e);
    } catch (JsonProcessingException e) {
      throw new MalformedEventException(what + ": not JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new MalformedEventException(what + ": not JSON: " + e.getMessage(), e);
    }
  }

  /**
   * Reads a record by its CloudEvents type name.
   *
   * @throws MalformedEventException as {@link #read(byte[], Class)}, and when the name is not known
   */
  public static LongshoreRecord read(byte[] json, String typeName) throws MalformedEventException {
    EventType type =
        EventType.named(typeName)
            .orElseThrow(
                () ->
                    new MalformedEventException(
                        "reading a record: type "
                            + typeName
                            + " is not known (expected: a type of this release; update"
                            + " Longshore)"));
    return readValue(json, type.recordClass());
  }

  /**
   * Reads the body of a hint whose content type is {@link Hint#REFERENCE}.
   *
   * @throws MalformedEventException as {@link #read(byte[], Class)}
   */
  public static ReferenceHint readReference(byte[] json) throws MalformedEventException {
    return readValue(json, ReferenceHint.class);
  }

  /**
   * Writes a record that is no value of a topic, such as the body of a request.
   *
   * @throws MalformedEventException when it takes more than {@link #LIMIT} bytes
   */
  public static byte[] writeBody(Object body) throws MalformedEventException {
    return writeValue(body);
  }

  /**
   * Reads a record that is no value of a topic.
   *
   * @throws MalformedEventException as {@link #read(byte[], Class)}
   */
  public static <T> T readBody(byte[] json, Class<T> bodyClass) throws MalformedEventException {
    return readValue(json, bodyClass);
  }

  private static byte[] writeValue(Object value) throws MalformedEventException {
    String what = "writing " + value.getClass().getSimpleName();
    byte[] json;
    try {
      json = EventMapper.JSON.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new MalformedEventException(what + ": " + e.getOriginalMessage(), e);
    }
    checkSize(what, json.length);
    return json;
  }

  private static <T> T readValue(byte[] json, Class<T> recordClass) throws MalformedEventException {
    String what = "reading " + recordClass.getSimpleName();
    checkSize(what, json.length);
    JsonNode tree = readTree(what, json);
    RequiredFields.check(what, tree, recordClass);
    try {
      return EventMapper.JSON.treeToValue(tree, recordClass);
    } catch (JsonMappingException e) {
      throw new MalformedEventException(what + at(e) + ": " + e.getOriginalMessage(), e);
    } catch (JsonProcessingException e) {
      throw new MalformedEventException(what + ": " + e.getOriginalMessage(), e);
    }
  }

  private static JsonNode readTree(String what, byte[] json) throws MalformedEventException {
    try {
      return EventMapper.JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new MalformedEventException(what + ": not JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new MalformedEventException(what + ": not JSON: " + e.getMessage(), e);
    }
  }

  private static String at(JsonMappingException e) {
    return e.getPath().stream()
        .map(r -> r.getFieldName() == null ? "[" + r.getIndex() + "]" : "." + r.getFieldName())
        .collect(Collectors.joining("", e.getPath().isEmpty() ? "" : " at ", ""));
  }

  private static void checkSize(String what, int bytes) throws MalformedEventException {
    if (bytes > LIMIT) {
      throw new MalformedEventException(
          what + ": " + bytes + " bytes (expected: at most " + LIMIT + ")");
    }
  }
}
