package dev.longshore.runtime.step;

/** Makes effects known while a step still works. */
@FunctionalInterface
public interface Progress {
  /**
   * Writes the effects in a transaction of their own and returns when it is committed and this
   * service's catalog shows it.
   *
   * @throws InterruptedException when the partition was taken away or the service stops
   */
  void publish(Effects effects) throws InterruptedException;
}
