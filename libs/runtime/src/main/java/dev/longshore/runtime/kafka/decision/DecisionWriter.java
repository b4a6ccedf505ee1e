package dev.longshore.runtime.kafka.decision;

import dev.longshore.events.DecisionState;
import dev.longshore.runtime.kafka.write.OvertakenException;
import dev.longshore.runtime.kafka.write.StateWriter;
import dev.longshore.runtime.kafka.write.WrittenState;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.KafkaException;

/** Writes decisions from any process with the right to, without a service. */
public final class DecisionWriter {
  private final StateWriter<DecisionState> writer;

  /**
   * For one Longshore.
   *
   * @param connection Kafka client settings: bootstrap.servers, and how to log in
   * @param sender name of the writing program, for {@code ce_source}
   * @param limit for each step of a write: to begin, to read, to commit
   */
  public DecisionWriter(
      Map<String, Object> connection,
      String topicPrefix,
      String sender,
      Duration limit,
      Clock clock) {
    this.writer =
        new StateWriter<>(WrittenState.DECISION, connection, topicPrefix, sender, limit, clock);
  }

  /**
   * Writes the decision if the version before it is current: none before version 1.
   *
   * @throws DecisionChangedException when another one is current or being written
   * @throws KafkaException when Kafka refuses or does not answer; after a time-out it may have been
   *     written anyway
   */
  public void write(DecisionState next) throws DecisionChangedException, InterruptedException {
    var _ =
        write(
            next,
            current -> {
              if (version(current) == next.version() - 1) {
                return Optional.of(next);
              }
              throw new DecisionChangedException(
                  "decision %s is %s; look again".formatted(next.id(), words(current)), current);
            });
  }

  /**
   * Writes the decision as it is, unless the same or a later version is current.
   *
   * @return whether it was written
   * @throws DecisionChangedException when another process is writing it
   * @throws KafkaException as {@link #write(DecisionState)} does
   */
  public boolean writeIfNewer(DecisionState decision)
      throws DecisionChangedException, InterruptedException {
    return write(
        decision,
        current ->
            version(current) < decision.version() ? Optional.of(decision) : Optional.empty());
  }

  private boolean write(
      DecisionState decision, StateWriter.Next<DecisionState, DecisionChangedException> next)
      throws DecisionChangedException, InterruptedException {
    try {
      return writer.write(decision.key(), next).isPresent();
    } catch (OvertakenException e) {
      throw new DecisionChangedException(
          String.valueOf(e.getMessage()), e.current().map(DecisionState.class::cast), e);
    }
  }

  private static int version(Optional<DecisionState> current) {
    return current.map(DecisionState::version).orElse(0);
  }

  private static String words(Optional<DecisionState> current) {
    return current
        .map(d -> "at version " + d.version() + (d.undone() == null ? "" : ", undone"))
        .orElse("not there");
  }
}
