package dev.longshore.runtime.service.health;

import java.time.Instant;
import java.util.List;

/**
 * The answers of all parts.
 *
 * @param asked time of the request
 */
public record HealthReport(Instant asked, List<PartHealth> parts) {
  public HealthReport {
    parts = List.copyOf(parts);
  }

  public boolean ready() {
    return parts.stream().allMatch(PartHealth::ready);
  }
}
