package dev.longshore.runtime.kafka.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class UnconfirmedTest {
  @Test
  void whatIsNotConfirmedFailsAfterItsTimeThoughOthersBeforeItWere() throws Exception {
    try (Unconfirmed unconfirmed = new Unconfirmed("test", Duration.ofMillis(200))) {
      long begun = System.nanoTime();
      CompletableFuture<Void> first = unconfirmed.expect();
      CompletableFuture<Void> second = unconfirmed.expect();
      first.complete(null);

      assertThatThrownBy(() -> second.get(30, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class)
          .cause()
          .isInstanceOf(TimeoutException.class)
          .hasMessage("no answer within PT0.2S");

      assertThat(Duration.ofNanos(System.nanoTime() - begun))
          .isGreaterThanOrEqualTo(Duration.ofMillis(200));
      assertThat(first.get(0, TimeUnit.SECONDS)).isNull();
    }
  }

  @Test
  void whoWaitsWhenItIsClosedIsTold() {
    Unconfirmed unconfirmed = new Unconfirmed("test", Duration.ofHours(1));
    CompletableFuture<Void> first = unconfirmed.expect();
    CompletableFuture<Void> second = unconfirmed.expect();

    unconfirmed.close();

    for (CompletableFuture<Void> each : List.of(first, second)) {
      assertThatThrownBy(() -> each.get(30, TimeUnit.SECONDS)).hasMessageContaining("closed");
    }
  }
}
