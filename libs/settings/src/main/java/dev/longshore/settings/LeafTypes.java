package dev.longshore.settings;

import dev.longshore.settings.value.ByteSize;
import dev.longshore.settings.value.Durations;
import dev.longshore.settings.value.Listen;
import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The types of single values, and their syntax. */
final class LeafTypes {
  private static final Map<Class<?>, Shape.Leaf> KNOWN =
      Map.ofEntries(
          Map.entry(String.class, new Shape.Leaf("text", text -> text)),
          Map.entry(int.class, new Shape.Leaf("a whole number", LeafTypes::integer)),
          Map.entry(Integer.class, new Shape.Leaf("a whole number", LeafTypes::integer)),
          Map.entry(long.class, new Shape.Leaf("a whole number", LeafTypes::whole)),
          Map.entry(boolean.class, new Shape.Leaf("true or false", LeafTypes::truth)),
          Map.entry(Duration.class, new Shape.Leaf("a duration", Durations::parse)),
          Map.entry(ByteSize.class, new Shape.Leaf("a size", ByteSize::parse)),
          Map.entry(Listen.class, new Shape.Leaf("host:port", Listen::parse)),
          Map.entry(URI.class, new Shape.Leaf("a web address", LeafTypes::uri)),
          Map.entry(Path.class, new Shape.Leaf("a path", LeafTypes::path)),
          Map.entry(Instant.class, new Shape.Leaf("a time in UTC", LeafTypes::instant)));

  private LeafTypes() {}

  static Shape.@Nullable Leaf of(Class<?> type) {
    return type.isEnum() ? choice(type) : KNOWN.get(type);
  }

  private static Shape.Leaf choice(Class<?> type) {
    Map<String, Object> choices = new LinkedHashMap<>();
    for (Object constant : type.getEnumConstants()) {
      choices.put(((Enum<?>) constant).name().toLowerCase(Locale.ROOT).replace('_', '-'), constant);
    }
    String expectation = "one of " + String.join(", ", choices.keySet());
    return new Shape.Leaf(
        expectation,
        text -> {
          Object constant = choices.get(text);
          if (constant == null) {
            throw refused(text, expectation);
          }
          return constant;
        });
  }

  private static Object integer(String text) {
    return number(text, Integer::valueOf, "-2147483648 to 2147483647");
  }

  private static Object whole(String text) {
    return number(text, Long::valueOf, "-2^63 to 2^63-1");
  }

  private static Object number(String text, Function<String, Object> parse, String range) {
    try {
      return parse.apply(text);
    } catch (NumberFormatException wrong) {
      throw new IllegalArgumentException(
          refused(text, "a whole number of " + range).getMessage(), wrong);
    }
  }

  private static Object truth(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw refused(text, "true or false");
    };
  }

  private static Object uri(String text) {
    // The text may contain a password, so do not repeat it.
    try {
      URI uri = URI.create(text);
      if (uri.getHost() != null && uri.getRawUserInfo() == null) {
        return uri;
      }
    } catch (IllegalArgumentException wrong) {
      throw new IllegalArgumentException(
          "is not a web address (expected: http://host:port)", wrong);
    }
    throw new IllegalArgumentException(
        "is not a web address of the expected form: http://host:port, without a user");
  }

  private static Object instant(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException wrong) {
      throw new IllegalArgumentException(
          refused(text, "a time in UTC such as 2027-01-31T00:00:00Z").getMessage(), wrong);
    }
  }

  private static Object path(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException wrong) {
      throw new IllegalArgumentException(refused(text, "a path").getMessage(), wrong);
    }
  }

  private static IllegalArgumentException refused(String text, String expectation) {
    return new IllegalArgumentException("\"" + text + "\" (expected: " + expectation + ")");
  }
}
