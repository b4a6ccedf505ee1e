package dev.longshore.events;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Checks what Jackson would read as null or zero: fields that are not there. */
final class RequiredFields {
  private RequiredFields() {}

  /** Whether a field must be there: it is neither {@code @Nullable} nor a list. */
  static boolean isRequired(RecordComponent field) {
    return !field.getAnnotatedType().isAnnotationPresent(Nullable.class)
        && field.getType() != List.class;
  }

  static void check(String where, JsonNode node, Class<?> recordClass)
      throws MalformedEventException {
    if (!node.isObject()) {
      throw new MalformedEventException(
          where + ": " + node.getNodeType() + " (expected: a JSON object)");
    }
    for (RecordComponent field : recordClass.getRecordComponents()) {
      JsonNode value = node.path(field.getName());
      if (!value.isMissingNode() && !value.isNull()) {
        checkWithin(where + "." + field.getName(), value, field);
      } else if (isRequired(field)) {
        throw new MalformedEventException(where + ": field " + field.getName() + " is missing");
      }
    }
  }

  private static void checkWithin(String where, JsonNode value, RecordComponent field)
      throws MalformedEventException {
    if (field.getType().isRecord()) {
      check(where, value, field.getType());
    } else if (field.getGenericType() instanceof ParameterizedType list
        && list.getActualTypeArguments()[0] instanceof Class<?> element
        && element.isRecord()) {
      for (JsonNode entry : value) {
        check(where, entry, element);
      }
    }
  }
}
