package dev.longshore.runtime.kafka.record;

import java.util.regex.Pattern;

/**
 * Who runs a step.
 *
 * @param service the service's name such as {@code converter}; its consumer group carries it
 * @param stage the step's name in failures such as {@code convert}
 * @param instance tells processes of one service apart and stays the same over a restart, so that
 *     the restarted process ends what the one before it left open
 */
public record ServiceId(String service, String stage, String instance) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");

  public ServiceId {
    check("service", service);
    check("stage", stage);
    check("instance", instance);
  }

  private static void check(String what, String value) {
    if (!NAME.matcher(value).matches()) {
      throw new IllegalArgumentException(
          what + ": " + value + " (expected: 1 to 64 letters, digits, '.', '_' or '-')");
    }
  }
}
