package dev.longshore.runtime.service.health;

import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** One part and its last answer. Used by one thread at a time. */
final class WatchedPart {
  private final String name;
  private final Duration deadline;
  private final HealthCheck check;
  private final Clock clock;
  private CompletableFuture<@Nullable String> asked = CompletableFuture.completedFuture(null);
  private long askedAt;
  private @Nullable Thread asker;
  private @Nullable PartHealth last;

  WatchedPart(String name, Duration deadline, HealthCheck check, Clock clock) {
    this.name = name;
    this.deadline = deadline;
    this.check = check;
    this.clock = clock;
  }

  /** Asks, unless the last request is still unanswered: a hanging part is asked once. */
  void ask() {
    if (!asked.isDone()) {
      return;
    }
    CompletableFuture<@Nullable String> answer = new CompletableFuture<>();
    asked = answer;
    askedAt = System.nanoTime();
    asker =
        Thread.ofVirtual()
            .name("health of " + name)
            .start(
                () -> {
                  try {
                    check.ask();
                    answer.complete(null);
                  } catch (InterruptedException late) {
                    answer.complete(silence());
                  } catch (Throwable failure) { // Any failure of the part is the answer.
                    answer.complete(cause(failure));
                  }
                });
  }

  PartHealth answer() throws InterruptedException {
    String cause;
    long left = deadline.toNanos() - (System.nanoTime() - askedAt);
    try {
      cause = asked.get(Math.max(0, left), TimeUnit.NANOSECONDS);
    } catch (TimeoutException late) {
      cause = silence();
      if (asker != null) {
        asker.interrupt();
      }
    } catch (ExecutionException impossible) {
      throw new IllegalStateException("an answer is never exceptional", impossible);
    }
    PartHealth before = last;
    boolean same = before != null && before.ready() == (cause == null);
    PartHealth now =
        new PartHealth(
            name, cause, same ? Objects.requireNonNull(before).since() : clock.instant());
    last = now;
    return now;
  }

  private String silence() {
    return "no answer within " + deadline.toMillis() + " ms";
  }

  private static String cause(Throwable failure) {
    String message = failure.getMessage();
    return message == null || message.isBlank() ? failure.getClass().getSimpleName() : message;
  }
}
