package dev.longshore.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.longshore.catalog.CatalogSource;
import dev.longshore.runtime.kafka.link.KafkaFailure;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** How long a command waits for its own catalog. */
class CatalogViewTest {
  private static final int TEN_MINUTES_OF_WAITS = 120;
  private static final String LATE = "no answer in time; " + KafkaFailure.NO_ANSWER;

  @Test
  void waitsAsLongAsRecordsCome() throws Exception {
    Slow source = new Slow(TEN_MINUTES_OF_WAITS, Optional.empty());

    CatalogView.awaitEnd(source, () -> source.waits, () -> true, source::nanos);

    assertThat(source.waits).isEqualTo(TEN_MINUTES_OF_WAITS);
  }

  @Test
  void givesUpAMinuteAfterTheLastRecord() {
    Slow source = new Slow(TEN_MINUTES_OF_WAITS, Optional.empty());

    assertThatExceptionOfType(TimeoutException.class)
        .isThrownBy(
            () ->
                CatalogView.awaitEnd(
                    source, () -> Math.min(source.waits, 50), () -> true, source::nanos))
        .withMessage("records still come");
    assertThat(source.waits).isEqualTo(50 + 12);
  }

  @Test
  void givesUpAtOnceWhenKafkaRefuses() {
    Slow source = new Slow(TEN_MINUTES_OF_WAITS, Optional.of("the login is refused"));

    givesUp(source, true);
    assertThat(source.waits).isOne();
  }

  @Test
  void givesUpAtOnceWhenNobodyListens() {
    Slow source = new Slow(TEN_MINUTES_OF_WAITS, Optional.of(LATE));

    givesUp(source, false);
    assertThat(source.waits).isOne();
  }

  @Test
  void triesForHalfAMinuteWhenAnAnswerIsLate() {
    Slow source = new Slow(TEN_MINUTES_OF_WAITS, Optional.of(LATE));

    givesUp(source, true);
    assertThat(source.waits).isEqualTo(6);
  }

  @Test
  void goesOnWhenALaterTryFindsKafka() throws Exception {
    Slow source = new Slow(5, Optional.of(LATE));

    CatalogView.awaitEnd(source, () -> 0, () -> true, source::nanos);

    assertThat(source.waits).isEqualTo(5);
  }

  private static void givesUp(Slow source, boolean listens) {
    assertThatExceptionOfType(TimeoutException.class)
        .isThrownBy(() -> CatalogView.awaitEnd(source, () -> 0, () -> listens, source::nanos));
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
