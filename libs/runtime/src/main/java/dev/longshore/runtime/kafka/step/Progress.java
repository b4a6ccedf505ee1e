package dev.longshore.runtime.kafka.step;

/** A running step's calls to its host. */
@FunctionalInterface
public interface Progress {
  /**
   * Writes the effects in a separate transaction and returns when it is committed and this
   * service's catalog shows it.
   *
   * @throws InterruptedException when the partition was revoked or the service stops
   */
  void publish(Effects effects) throws InterruptedException;

  /**
   * Call it before a call to an endpoint, and again after a wait: while the endpoint is paused,
   * only the message chosen to try it may call it. A host without endpoints lets all pass.
   *
   * @throws TransientFailure when the message must wait; nothing was tried
   */
  default void require(String endpoint) throws TransientFailure {}

  /** Whether this message was chosen to try the endpoint, for all that wait for it. */
  default boolean tries(String endpoint) {
    return false;
  }

  /** A wait that can be interrupted without losing work. */
  @FunctionalInterface
  interface Wait {
    void run() throws InterruptedException;
  }

  /** Waits, until the message is about to move to another process. */
  default void idle(Wait wait) throws InterruptedException {
    wait.run();
  }
}
