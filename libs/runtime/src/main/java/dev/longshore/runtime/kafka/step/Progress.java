package dev.longshore.runtime.kafka.step;

/** What a step says to its host, and asks of it, while it still works. */
@FunctionalInterface
public interface Progress {
  /**
   * Writes the effects in a transaction of their own and returns when it is committed and this
   * service's catalog shows it.
   *
   * @throws InterruptedException when the partition was taken away or the service stops
   */
  void publish(Effects effects) throws InterruptedException;

  /**
   * Asked before a call to an endpoint, and again after a wait: while it is paused only the message
   * that was let through to try it may call it. A host without endpoints lets all pass.
   *
   * @throws TransientFailure when the message is to wait; nothing was tried
   */
  default void require(String endpoint) throws TransientFailure {}
}
