package dev.longshore.model.check;

/** What one look at one part came to. Holds no secret. */
public sealed interface Finding {
  /** What was looked at, such as {@code registry local}. */
  String part();

  /** What was tried, on what. */
  String tried();

  /** What came back. */
  String found();

  /** What to do; empty if nothing. */
  default String remedy() {
    return "";
  }

  /** One line, whatever a part answered, and the same wherever it is said. */
  default String text() {
    String said = part() + ": " + tried() + ": " + found();
    return (remedy().isEmpty() ? said : said + "; " + remedy()).replaceAll("\\s*\\R\\s*", " ");
  }

  /** As it must be. */
  record Fine(String part, String tried, String found) implements Finding {}

  /** Works, but perhaps not for long, or not as well as it could. */
  record Warning(String part, String tried, String found, String remedy) implements Finding {}

  /** Does not work. */
  record Wrong(String part, String tried, String found, String remedy) implements Finding {}
}
