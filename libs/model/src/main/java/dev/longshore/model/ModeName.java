package dev.longshore.model;

import java.util.Arrays;
import java.util.Optional;

/**
 * The name of a mode in records and requests. It need not exist in this release: another release
 * may have written it, and a user may mistype it.
 *
 * @param text any
 */
public record ModeName(String text) {
  /** The name of this mode. */
  public static ModeName of(Mode mode) {
    return new ModeName(mode.text());
  }

  /** Whether it names this mode. */
  public boolean is(Mode mode) {
    return text.equals(mode.text());
  }

  /** The mode; empty if this release has none of this name. */
  public Optional<Mode> mode() {
    return Arrays.stream(Mode.values()).filter(this::is).findFirst();
  }

  @Override
  public String toString() {
    return text;
  }
}
