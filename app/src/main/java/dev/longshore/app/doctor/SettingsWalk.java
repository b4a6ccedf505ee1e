package dev.longshore.app.doctor;

import dev.longshore.settings.Inline;
import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds all settings of one type, however deep, by the paths that the configuration has. */
public final class SettingsWalk<T> {
  private final Class<T> wanted;
  private final Map<String, T> found = new LinkedHashMap<>();

  private SettingsWalk(Class<T> wanted) {
    this.wanted = wanted;
  }

  /** Such as {@code resolver.tls} for every {@code ServerTlsSettings}. */
  public static <T> Map<String, T> find(Record settings, Class<T> wanted) {
    SettingsWalk<T> walk = new SettingsWalk<>(wanted);
    walk.visit(settings, "");
    return walk.found;
  }

  private void visit(@Nullable Object value, String path) {
    if (wanted.isInstance(value)) {
      found.put(path, wanted.cast(value));
    }
    switch (value) {
      case List<?> list -> {
        for (int i = 0; i < list.size(); i++) {
          visit(list.get(i), path + "[" + i + "]");
        }
      }
      case Record section -> {
        for (RecordComponent component : section.getClass().getRecordComponents()) {
          visit(read(component, section), path(path, component));
        }
      }
      case null, default -> {}
    }
  }

  private static @Nullable Object read(RecordComponent component, Record section) {
    try {
      return component.getAccessor().invoke(section);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot read " + component, e);
    }
  }

  /** What is inlined has no key of its own. */
  private static String path(String above, RecordComponent component) {
    if (component.isAnnotationPresent(Inline.class)) {
      return above;
    }
    String key = component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    return above.isEmpty() ? key : above + "." + key;
  }
}
