package dev.longshore.runtime.service.lifecycle;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stops parts in order; none may block the rest for ever. */
final class Stopper {
  private static final Logger LOG = LoggerFactory.getLogger(Stopper.class);

  /** Extra time for a part, after its running work, to close files and sockets. */
  static final Duration GRACE = Duration.ofSeconds(2);

  private final CompletableFuture<Void> hastened = new CompletableFuture<>();

  void hasten() {
    hastened.complete(null);
  }

  /** What went wrong, if something did. */
  @Nullable PartFailure stop(Part part, Duration left) {
    Duration drain = hastened.isDone() || left.isNegative() ? Duration.ZERO : left;
    LOG.debug("stopping {}, {} ms for work under way", part.name(), drain.toMillis());
    CompletableFuture<Void> ended = new CompletableFuture<>();
    Thread stopping =
        Thread.ofVirtual()
            .name("stop " + part.name())
            .start(
                () -> {
                  try {
                    part.stop(drain);
                    ended.complete(null);
                  } catch (
                      Throwable failure) { // Passed to the waiting thread, interrupts included.
                    ended.completeExceptionally(failure);
                  }
                });
    CompletableFuture<?> first = drain.isZero() ? ended : CompletableFuture.anyOf(ended, hastened);
    try {
      if (!await(first, drain.plus(GRACE)) || !ended.isDone()) {
        stopping.interrupt();
        if (!await(ended, GRACE)) {
          return new PartFailure(part.name() + " did not stop within its time", null);
        }
      }
      ended.get();
      return null;
    } catch (ExecutionException failed) {
      Throwable cause = failed.getCause();
      return new PartFailure(part.name() + " did not stop well: " + cause, cause);
    } catch (InterruptedException told) {
      // The waiting caller wants an end: the remaining parts get no time, but each is stopped.
      hasten();
      stopping.interrupt();
      return new PartFailure(part.name() + " was not waited for", told);
    }
  }

  private static boolean await(CompletableFuture<?> future, Duration limit)
      throws InterruptedException {
    try {
      future.get(limit.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException late) {
      return false;
    } catch (ExecutionException failed) {
      return true;
    }
  }
}
