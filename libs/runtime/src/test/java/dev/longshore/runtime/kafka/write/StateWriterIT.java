package dev.longshore.runtime.kafka.write;

import static dev.longshore.catalog.testing.Samples.forget;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.events.DecisionState;
import dev.longshore.runtime.testing.KafkaBed;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

/** A commit that Kafka answers with "no such transaction". */
class StateWriterIT {
  @Test
  void whatIsThereWasWrittenAndAllElseFailed() throws Exception {
    try (KafkaBed bed = new KafkaBed()) {
      DecisionState first = forget("one", 1);
      StateWriter<DecisionState> committed = writer(bed, true);
      assertThat(committed.write("one", current -> Optional.of(first))).contains(first);

      StateWriter<DecisionState> aborted = writer(bed, false);
      assertThatThrownBy(() -> aborted.write("one", current -> Optional.of(forget("one", 2))))
          .isInstanceOf(InvalidTxnStateException.class);
      assertThat(
              writer(bed, true)
                  .write(
                      "one",
                      current -> {
                        assertThat(current).contains(first);
                        return Optional.empty();
                      }))
          .isEmpty();
    }
  }

  private static StateWriter<DecisionState> writer(KafkaBed bed, boolean commits) {
    return new StateWriter<>(
        WrittenState.DECISION,
        bed.connection(),
        bed.prefix(),
        "test",
        Duration.ofSeconds(20),
        Clock.systemUTC(),
        settings -> new AnswerLost(settings, commits));
  }

  /** Asks Kafka once more after its first answer, as a client does that has lost it. */
  private static final class AnswerLost extends KafkaProducer<String, byte[]> {
    private final boolean commits;

    AnswerLost(Map<String, Object> settings, boolean commits) {
      super(settings, new StringSerializer(), new ByteArraySerializer());
      this.commits = commits;
    }

    @Override
    public void commitTransaction() {
      if (commits) {
        super.commitTransaction();
      } else {
        super.abortTransaction();
      }
      throw new InvalidTxnStateException("the producer attempted a transactional operation");
    }
  }
}
