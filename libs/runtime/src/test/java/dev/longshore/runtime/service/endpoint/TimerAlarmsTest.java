package dev.longshore.runtime.service.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TimerAlarmsTest {
  @Test
  void ringsAfterTheDelayAndAtOnceForOneThatIsOver() throws InterruptedException {
    try (TimerAlarms alarms = new TimerAlarms()) {
      CountDownLatch rung = new CountDownLatch(2);
      long start = System.nanoTime();
      alarms.after(Duration.ofMillis(-5), rung::countDown);
      alarms.after(Duration.ofMillis(5), rung::countDown);
      assertThat(rung.await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(5_000_000);
    }
  }
}
