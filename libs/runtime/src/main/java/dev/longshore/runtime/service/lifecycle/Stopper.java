package dev.longshore.runtime.service.lifecycle;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stops one part after the other, none of which may hold up the rest for ever. */
final class Stopper {
  private static final Logger LOG = LoggerFactory.getLogger(Stopper.class);

  /** What a part gets beyond its time for work under way: to close files and sockets. */
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
                  } catch (Throwable failure) { // Handed to whoever waits, interrupts included.
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
      // Who waits wants an end: the parts that are left get no time, but each is told to stop.
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
