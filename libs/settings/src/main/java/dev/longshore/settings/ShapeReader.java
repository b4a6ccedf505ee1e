package dev.longshore.settings;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Derives the shape of settings from record classes. It refuses only programming errors. */
final class ShapeReader {
  private ShapeReader() {}

  static Shape.SectionOf section(Class<? extends Record> type) {
    List<Shape.Field> fields = new ArrayList<>();
    for (RecordComponent component : type.getRecordComponents()) {
      fields.add(field(type, component));
    }
    return new Shape.SectionOf(type, List.copyOf(fields));
  }

  private static Shape.Field field(Class<?> type, RecordComponent component) {
    Shape shape = shape(component.getGenericType());
    Setting setting = component.getAnnotation(Setting.class);
    if (setting == null && !component.isAnnotationPresent(Inline.class)) {
      throw new IllegalStateException(
          type.getSimpleName() + "." + component.getName() + " is neither @Setting nor @Inline");
    }
    String name =
        setting == null || setting.key().isEmpty() ? kebab(component.getName()) : setting.key();
    String key = name + (shape instanceof Shape.Hidden ? "-file" : "");
    boolean nullable = component.getAnnotatedType().isAnnotationPresent(Nullable.class);
    return new Shape.Field(
        key, shape, component, setting, fallback(type, setting, shape), nullable);
  }

  private static @Nullable Node fallback(Class<?> type, @Nullable Setting setting, Shape shape) {
    if (setting == null || setting.value().length == 0) {
      return null;
    }
    String text = String.join("\n", setting.value());
    if (shape instanceof Shape.Leaf) {
      return new Node.Scalar(text, new ValueOrigin.Default());
    }
    List<Problem> problems = new ArrayList<>();
    Node node =
        new YamlReader(_ -> new ValueOrigin.Default(), problems)
            .read(String.join("\n", setting.value()));
    if (!problems.isEmpty()) {
      throw new IllegalStateException("default in " + type.getSimpleName() + ": " + problems);
    }
    return node;
  }

  private static Shape shape(Type type) {
    if (type instanceof ParameterizedType generic) {
      Type[] arguments = generic.getActualTypeArguments();
      if (generic.getRawType() == List.class) {
        return new Shape.ListOf(shape(arguments[0]));
      }
      if (generic.getRawType() == Map.class
          && arguments[0] == String.class
          && shape(arguments[1]) instanceof Shape.SectionOf section) {
        return new Shape.MapOf(section);
      }
    }
    if (type == Secret.class) {
      return new Shape.Hidden();
    }
    if (!(type instanceof Class<?> raw)) {
      throw new IllegalStateException("a setting cannot be a " + type);
    }
    Shape.@Nullable Leaf leaf = LeafTypes.of(raw);
    if (leaf != null) {
      return leaf;
    }
    if (!raw.isRecord()) {
      throw new IllegalStateException("a setting cannot be a " + type);
    }
    return section(raw.asSubclass(Record.class));
  }

  /** {@code maxConcurrent} as {@code max-concurrent}. */
  static String kebab(String name) {
    return name.replaceAll("([a-z0-9])([A-Z])", "$1-$2").toLowerCase(Locale.ROOT);
  }
}
