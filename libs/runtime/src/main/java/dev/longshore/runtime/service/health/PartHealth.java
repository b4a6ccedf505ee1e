package dev.longshore.runtime.service.health;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What one part answered.
 *
 * @param part its name
 * @param cause why it does not work; none if it does
 * @param since when it first answered so, in a row
 */
public record PartHealth(String part, @Nullable String cause, Instant since) {
  public boolean ready() {
    return cause == null;
  }
}
