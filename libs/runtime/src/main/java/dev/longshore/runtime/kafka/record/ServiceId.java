package dev.longshore.runtime.kafka.record;

import java.util.regex.Pattern;

/**
 * The process that runs a step.
 *
 * @param service the service's name such as {@code converter}; part of its consumer group
 * @param stage the step's name in failures such as {@code convert}
 * @param instance distinguishes processes of one service and survives a restart, so that the
 *     restarted process ends the previous one's transactions
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
