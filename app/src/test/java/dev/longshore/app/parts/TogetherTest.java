package dev.longshore.app.parts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.runtime.service.lifecycle.Part;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TogetherTest {
  private final AtomicInteger running = new AtomicInteger();

  private Part part(String name, @Nullable CountDownLatch meet, @Nullable Exception failure) {
    return new Part() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public void start() throws Exception {
        if (meet != null) {
          meet.countDown();
          assertThat(meet.await(20, TimeUnit.SECONDS)).as("the others start too").isTrue();
        }
        if (failure != null) {
          throw failure;
        }
        running.incrementAndGet();
      }

      @Override
      public void stop(Duration drain) {
        running.decrementAndGet();
      }
    };
  }

  @Test
  void startsAllAtOnceAndStopsThem() throws Exception {
    CountDownLatch meet = new CountDownLatch(3);
    Together parts =
        new Together(List.of(part("a", meet, null), part("b", meet, null), part("c", meet, null)));

    parts.start();
    assertThat(running).hasValue(3);
    parts.stop(Duration.ZERO);
    assertThat(running).hasValue(0);
  }

  @Test
  void leavesNothingRunningWhenOneFails() {
    Together parts =
        new Together(
            List.of(part("a", null, null), part("b", null, new IOException("b has no disk"))));

    assertThatThrownBy(parts::start).isInstanceOf(IOException.class).hasMessage("b has no disk");
    assertThat(running).hasValue(0);
  }
}
