package dev.longshore.runtime.service.health;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The answer of one part.
 *
 * @param part its name
 * @param cause why it does not work; null if it does
 * @param since time of the first of its equal answers in a row
 */
public record PartHealth(String part, @Nullable String cause, Instant since) {
  public boolean ready() {
    return cause == null;
  }
}
