package dev.longshore.model.check;

/** What one look at one part came to. Holds no secret. */
public sealed interface Finding {
  /** What was looked at, such as {@code registry local}. */
  String part();

  /** What was tried, on what. */
  String tried();

  /** What came back. */
  String found();

  /** As it must be. */
  record Fine(String part, String tried, String found) implements Finding {}

  /**
   * Works, but perhaps not for long, or not as well as it could.
   *
   * @param remedy what to do
   */
  record Warning(String part, String tried, String found, String remedy) implements Finding {}

  /**
   * Does not work.
   *
   * @param remedy what to do
   */
  record Wrong(String part, String tried, String found, String remedy) implements Finding {}
}
