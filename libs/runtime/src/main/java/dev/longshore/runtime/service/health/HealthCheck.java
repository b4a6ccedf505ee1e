package dev.longshore.runtime.service.health;

/** Asks one part whether it works, by using it: a request to Kafka, say, not a look at a flag. */
@FunctionalInterface
public interface HealthCheck {
  /**
   * Returns when the part works. Interrupted when its deadline has passed.
   *
   * @throws Exception why it does not, without secrets
   */
  void ask() throws Exception;
}
