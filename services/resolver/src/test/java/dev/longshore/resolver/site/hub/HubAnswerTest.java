package dev.longshore.resolver.site.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.resolver.site.hub.HubAnswer.Progress;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class HubAnswerTest {
  private final AtomicLong clock = new AtomicLong();

  private HubAnswer answer(InputStream in) {
    return new HubAnswer(in, Duration.ofHours(1), Progress.LEAST, _ -> {}, clock::get);
  }

  /** So many bytes; each read returns a few after a delay. */
  private InputStream line(int length, int atOnce, Duration each) {
    return new ByteArrayInputStream(new byte[length]) {
      @Override
      public synchronized int read(byte[] into, int offset, int most) {
        clock.addAndGet(each.toNanos());
        return super.read(into, offset, Math.min(most, atOnce));
      }
    };
  }

  @Test
  void aByteNowAndThenIsNoAnswer() {
    HubAnswer answer = answer(line(1_000, 1, Duration.ofSeconds(25)));

    assertThatThrownBy(answer::readAllBytes)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("3 bytes in PT1M15S (expected: at least 6000)");
  }

  @Test
  void aThinLineIsOne() throws Exception {
    HubAnswer answer = answer(line(600_000, 1_000, Duration.ofSeconds(1)));

    assertThat(answer.readAllBytes()).hasSize(600_000);
  }

  @Test
  void aReaderThatTakesItsTimeIsNotTheHub() throws Exception {
    HubAnswer answer = answer(line(100, 10, Duration.ofMillis(10)));
    int all = 0;
    for (int n = answer.read(new byte[10]); n >= 0; n = answer.read(new byte[10])) {
      all += n;
      clock.addAndGet(Duration.ofHours(1).toNanos());
    }

    assertThat(all).isEqualTo(100);
  }

  @Test
  void aShortAnswerMayTakeItsTime() throws Exception {
    HubAnswer answer = answer(line(2, 1, Duration.ofSeconds(29)));

    assertThat(answer.readAllBytes()).hasSize(2);
  }
}
