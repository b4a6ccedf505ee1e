package dev.longshore.settings;

import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a setting may hold. */
sealed interface Shape {
  /**
   * One value.
   *
   * @param expectation what a value looks like, for people
   * @param parse throws IllegalArgumentException with what was wrong
   */
  record Leaf(String expectation, Function<String, Object> parse) implements Shape {}

  /** A secret, which the file only points to. */
  record Hidden() implements Shape {}

  record ListOf(Shape element) implements Shape {}

  /** Sections by names that the user chooses. */
  record MapOf(SectionOf element) implements Shape {}

  record SectionOf(Class<? extends Record> type, List<Field> fields) implements Shape {
    /** The fields that a user sees here: those of inlined records stand among the others. */
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
   * @param key as the file has it; a secret's ends in {@code -file}
   * @param setting its annotation; none on an inlined record
   * @param fallback its default as nodes; none if it has no default
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
