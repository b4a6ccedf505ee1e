package dev.longshore.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.runtime.testing.Eventually;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class LateTopicCheckTest {
  private static final Duration PAUSE = Duration.ofMillis(1);
  private final AtomicInteger looks = new AtomicInteger();

  @Test
  void wrongTopicsEndTheStart() {
    LateTopicCheck check = new LateTopicCheck(_ -> Optional.of("tags is not compacted"), PAUSE);

    assertThatThrownBy(check::start)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("tags is not compacted");
  }

  @Test
  void rightTopicsAreLookedAtOnce() throws Exception {
    LateTopicCheck check = new LateTopicCheck(_ -> found(looks.incrementAndGet()), PAUSE);

    check.start();
    check.stop(Duration.ofSeconds(1));

    assertThat(looks).hasValue(1);
    assertThat(check.reached()).isTrue();
  }

  @Test
  void aKafkaThatIsAwayIsAskedUntilItsTopicsAreRight() throws Exception {
    LateTopicCheck check = new LateTopicCheck(_ -> awayThenWrongThenRight(), PAUSE);

    check.start();

    assertThat(check.reached()).isFalse();
    Eventually.await("six looks", () -> looks.get() == 6);
    Eventually.await("no problem left", () -> check.problem().isEmpty());
    check.stop(Duration.ofSeconds(1));
  }

  @Test
  void wrongTopicsThatAreFoundLaterAreToldUntilTheyAreMended() throws Exception {
    LateTopicCheck check =
        new LateTopicCheck(
            _ -> looks.incrementAndGet() == 1 ? away() : Optional.of("tags is not compacted"),
            PAUSE);

    check.start();

    Eventually.await("a problem", () -> check.problem().isPresent());
    assertThat(check.problem()).contains("tags is not compacted");
    check.stop(Duration.ofSeconds(1));
  }

  @Test
  void aDefectInALookIsToldAndFollowedByTheNext() throws Exception {
    AtomicReference<Error> defect =
        new AtomicReference<>(new NoSuchMethodError("of a jar that was exchanged"));
    LateTopicCheck check =
        new LateTopicCheck(
            _ -> {
              if (looks.incrementAndGet() == 1) {
                return away();
              }
              if (defect.get() != null) {
                throw defect.get();
              }
              return Optional.empty();
            },
            PAUSE);
    check.start();

    Eventually.await("it is told", () -> check.problem().isPresent());
    assertThat(check.problem().orElseThrow()).contains("of a jar that was exchanged");
    defect.set(null);

    Eventually.await("no problem left", () -> check.problem().isEmpty());
    check.stop(Duration.ofSeconds(1));
  }

  private Optional<String> awayThenWrongThenRight() {
    int look = looks.incrementAndGet();
    return look <= 3 ? away() : look <= 5 ? Optional.of("tags is not compacted") : Optional.empty();
  }

  private static Optional<String> away() {
    throw new KafkaException("Kafka did not answer", new TimeoutException());
  }

  private static Optional<String> found(int look) {
    return look == 1 ? Optional.empty() : Optional.of("looked at again");
  }
}
