package dev.longshore.events;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Checks what Jackson would read as null or zero: fields that are not there. */
final class RequiredFields {
  /** Kept, because reflection parses signatures and annotations anew at each look. */
  private static final ClassValue<List<Field>> FIELDS =
      new ClassValue<>() {
        @Override
        protected List<Field> computeValue(Class<?> recordClass) {
          return Arrays.stream(recordClass.getRecordComponents()).map(Field::of).toList();
        }
      };

  private RequiredFields() {}

  /**
   * A field of a record.
   *
   * @param list whether it is a list
   * @param within type of the records that it holds; none if it holds no record
   */
  private record Field(String name, boolean required, boolean list, @Nullable Class<?> within) {
    static Field of(RecordComponent component) {
      return new Field(
          component.getName(),
          isRequired(component),
          component.getType() == List.class,
          recordWithin(component));
    }

    private static @Nullable Class<?> recordWithin(RecordComponent component) {
      if (component.getType().isRecord()) {
        return component.getType();
      }
      return component.getGenericType() instanceof ParameterizedType list
              && list.getActualTypeArguments()[0] instanceof Class<?> element
              && element.isRecord()
          ? element
          : null;
    }
  }

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
    for (Field field : FIELDS.get(recordClass)) {
      JsonNode value = node.path(field.name());
      if (value.isMissingNode() || value.isNull()) {
        if (field.required()) {
          throw new MalformedEventException(where + ": field " + field.name() + " is missing");
        }
      } else {
        checkWithin(where + "." + field.name(), value, field);
      }
    }
  }

  private static void checkWithin(String where, JsonNode value, Field field)
      throws MalformedEventException {
    if (field.list() && !value.isArray()) {
      throw new MalformedEventException(where + ": " + value.getNodeType() + " (expected: a list)");
    }
    if (field.within() == null) {
      return;
    }
    if (!field.list()) {
      check(where, value, field.within());
      return;
    }
    for (JsonNode entry : value) {
      check(where, entry, field.within());
    }
  }
}
