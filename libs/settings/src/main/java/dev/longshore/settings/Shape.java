package dev.longshore.settings;

import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The type of a setting. */
sealed interface Shape {
  /**
   * One value.
   *
   * @param expectation the expected value, for people
   * @param parse throws IllegalArgumentException with the problem
   */
  record Leaf(String expectation, Function<String, Object> parse) implements Shape {}

  /** A secret; the configuration only names its file. */
  record Hidden() implements Shape {}

  record ListOf(Shape element) implements Shape {}

  /** Sections with names that the user chooses. */
  record MapOf(SectionOf element) implements Shape {}

  record SectionOf(Class<? extends Record> type, List<Field> fields) implements Shape {
    /** The fields that a user sees here, including those of inlined records. */
    Stream<Field> visible() {
      return fields.stream()
          .flatMap(
              field ->
                  field.inline() && field.shape() instanceof SectionOf inlined
                      ? inlined.visible()
                      : Stream.of(field));
    }
  }

  /**
   * One component of a section.
   *
   * @param key as in the file; a secret's ends in {@code -file}
   * @param setting its annotation; null for an inlined record
   * @param fallback its default as nodes; null if it has none
   * @param nullable whether it may be absent without a default
   */
  record Field(
      String key,
      Shape shape,
      RecordComponent component,
      @Nullable Setting setting,
      @Nullable Node fallback,
      boolean nullable) {
    boolean inline() {
      return setting == null;
    }

    /** The key that an earlier release had for it; none if empty. */
    String former() {
      return setting == null ? "" : setting.former();
    }

    /** What the section has under the former key, if anything. */
    @Nullable Node formerly(Node.Section section) {
      return former().isEmpty() ? null : section.fields().get(former());
    }

    /** A secret's key without {@code -file}: the name of the variable that may hold it. */
    String plainKey() {
      return shape instanceof Hidden ? key.substring(0, key.length() - 5) : key;
    }
  }
}
