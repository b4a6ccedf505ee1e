package dev.longshore.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.longshore.catalog.CatalogSource;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** How long a command waits for its own catalog. */
class CatalogViewTest {
  private static final int TEN_MINUTES_OF_WAITS = 120;

  @Test
  void waitsAsLongAsRecordsCome() throws Exception {
    Slow source = new Slow(TEN_MINUTES_OF_WAITS, Optional.empty());

    CatalogView.awaitEnd(source, () -> source.waits, source::nanos);

    assertThat(source.waits).isEqualTo(TEN_MINUTES_OF_WAITS);
  }

  @Test
  void givesUpAMinuteAfterTheLastRecord() {
    Slow source = new Slow(TEN_MINUTES_OF_WAITS, Optional.empty());

    assertThatExceptionOfType(TimeoutException.class)
        .isThrownBy(
            () -> CatalogView.awaitEnd(source, () -> Math.min(source.waits, 50), source::nanos))
        .withMessage("records still come");
    assertThat(source.waits).isEqualTo(50 + 12);
  }

  @Test
  void givesUpSoonWhenKafkaIsAwayButTriesTwice() {
    Slow source = new Slow(TEN_MINUTES_OF_WAITS, Optional.of("Kafka is away"));

    assertThatExceptionOfType(TimeoutException.class)
        .isThrownBy(() -> CatalogView.awaitEnd(source, () -> 0, source::nanos));
    assertThat(source.waits).isEqualTo(2);
  }

  @Test
  void goesOnWhenTheSecondTryFindsKafka() throws Exception {
    Slow source = new Slow(2, Optional.of("Kafka did not answer in time"));

    CatalogView.awaitEnd(source, () -> 0, source::nanos);

    assertThat(source.waits).isEqualTo(2);
  }

  /** Has come to its end after so many waits of five seconds. */
  private static final class Slow implements CatalogSource {
    private final int end;
    private final Optional<String> problem;
    private int waits;

    Slow(int end, Optional<String> problem) {
      this.end = end;
      this.problem = problem;
    }

    long nanos() {
      return waits * Duration.ofSeconds(5).toNanos();
    }

    @Override
    public void start() {}

    @Override
    public void awaitEnd(Duration timeout) throws TimeoutException {
      waits++;
      if (waits < end) {
        throw new TimeoutException("records still come");
      }
    }

    @Override
    public Optional<Duration> age() {
      return Optional.empty();
    }

    @Override
    public Optional<String> problem() {
      return problem;
    }

    @Override
    public void close() {}
  }
}
