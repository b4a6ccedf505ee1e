package dev.longshore.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.catalog.CatalogSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class CaughtUpTest {
  private static final Duration LIMIT = Duration.ofSeconds(5);
  private final List<Duration> awaited = new ArrayList<>();

  private CatalogSource source(boolean ends) {
    return new CatalogSource() {
      @Override
      public void start() {}

      @Override
      public void awaitEnd(Duration timeout) throws TimeoutException {
        awaited.add(timeout);
        if (!ends) {
          throw new TimeoutException("records still come");
        }
      }

      @Override
      public Optional<Duration> age() {
        return Optional.empty();
      }

      @Override
      public Optional<String> problem() {
        return Optional.empty();
      }

      @Override
      public void close() {}
    };
  }

  @Test
  void aStartWaitsForWhatKafkaHasToTell() throws Exception {
    new CaughtUp(source(true), () -> true, LIMIT).start();
    assertThat(awaited).containsExactly(LIMIT);
  }

  @Test
  void aKafkaThatIsAwayIsNotWaitedFor() throws Exception {
    new CaughtUp(source(true), () -> false, LIMIT).start();
    assertThat(awaited).isEmpty();
  }

  @Test
  void aStartGoesOnWhereKafkaHasMoreToTellThanTheLimitAllows() throws Exception {
    new CaughtUp(source(false), () -> true, LIMIT).start();
    assertThat(awaited).containsExactly(LIMIT);
  }
}
