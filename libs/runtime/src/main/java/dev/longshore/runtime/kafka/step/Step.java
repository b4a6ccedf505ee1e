package dev.longshore.runtime.kafka.step;

/**
 * A service's step: looks at the key's current state and does the remaining work for it.
 *
 * <p>Called for one message of a key at a time, for different keys concurrently, on virtual
 * threads; may block. The same message may come again: a step that finds its work done returns
 * {@link Effects#NONE}.
 */
@FunctionalInterface
public interface Step {
  /**
   * Handles one message.
   *
   * @param message the message
   * @param progress publishes effects before the step ends
   * @return the effects to commit with the message's end
   * @throws TransientFailure when an endpoint is away; the message is kept and tried again
   * @throws PermanentFailure when the message can never be handled; it becomes a dead letter
   * @throws InterruptedException when the service stops; the message will be handled again
   */
  Effects handle(Message message, Progress progress)
      throws TransientFailure, PermanentFailure, InterruptedException;
}
