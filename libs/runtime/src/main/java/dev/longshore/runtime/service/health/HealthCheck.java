package dev.longshore.runtime.service.health;

/** Checks one part by using it: for example a request to Kafka, not a look at a flag. */
@FunctionalInterface
public interface HealthCheck {
  /**
   * Returns when the part works. Interrupted when its deadline has passed.
   *
   * @throws Exception with the reason why it does not, without secrets
   */
  void ask() throws Exception;
}
