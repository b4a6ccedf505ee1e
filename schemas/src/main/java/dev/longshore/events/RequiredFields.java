package dev.longshore.events;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.model.Digest;
import dev.longshore.model.RepositoryName;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Checks for missing fields, which Jackson would read as null or zero. */
final class RequiredFields {
  /** Cached, because reflection parses signatures and annotations each time. */
  private static final ClassValue<List<Field>> FIELDS =
      new ClassValue<>() {
        @Override
        protected List<Field> computeValue(Class<?> type) {
          return type == RepositoryName.class
              ? REPOSITORY
              : Arrays.stream(type.getRecordComponents()).flatMap(Field::of).toList();
        }
      };

  private static final List<Field> REPOSITORY =
      List.of(
          new Field("registry", true, String.class), new Field("repository", true, String.class));

  private static final String MODEL = Digest.class.getPackageName();

  private RequiredFields() {}

  /** The JSON fields of a record or a repository, in their order. */
  static List<Field> of(Class<?> type) {
    return FIELDS.get(type);
  }

  /**
   * A field.
   *
   * @param required whether it is required: neither {@code @Nullable} nor a list
   * @param list whether it is a list
   * @param within the type of its object; null if it is not an object
   */
  record Field(String name, boolean required, Type type, boolean list, @Nullable Class<?> within) {
    Field(String name, boolean required, Type type) {
      this(name, required, type, isList(type), within(type));
    }

    private static Stream<Field> of(RecordComponent component) {
      if (component.getType() == RepositoryName.class
          && component.getAccessor().isAnnotationPresent(JsonUnwrapped.class)) {
        return REPOSITORY.stream();
      }
      boolean required =
          !component.getAnnotatedType().isAnnotationPresent(Nullable.class)
              && component.getType() != List.class;
      return Stream.of(new Field(name(component), required, component.getGenericType()));
    }

    private static String name(RecordComponent component) {
      JsonProperty named = component.getAccessor().getAnnotation(JsonProperty.class);
      return named == null ? component.getName() : named.value();
    }

    private static boolean isList(Type type) {
      return type instanceof ParameterizedType generic && generic.getRawType() == List.class;
    }

    private static @Nullable Class<?> within(Type type) {
      return switch (type) {
        case ParameterizedType list -> within(list.getActualTypeArguments()[0]);
        case Class<?> c when isObject(c) -> c;
        default -> null;
      };
    }

    /** Records of the model are texts. */
    private static boolean isObject(Class<?> type) {
      return type == RepositoryName.class
          || (type.isRecord() && !type.getPackageName().startsWith(MODEL));
    }
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
