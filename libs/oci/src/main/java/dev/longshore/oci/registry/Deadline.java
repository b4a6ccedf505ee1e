package dev.longshore.oci.registry;

import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Attempt;
import dev.longshore.oci.RegistryException.Kind;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs blocking network calls on a virtual thread of their own. Sockets have time-outs for each
 * read alone, so a server that sends a byte now and then would hold its caller for ever;
 * interrupting a virtual thread closes the socket under it.
 */
final class Deadline {
  private Deadline() {}

  /**
   * @param limit without progress
   * @param progress a number that grows while the work goes on, for example bytes sent
   */
  static <T> T run(Duration limit, LongSupplier progress, Attempt attempt, Callable<T> work)
      throws RegistryException {
    var task = new FutureTask<T>(work);
    Thread thread = Thread.ofVirtual().start(task);
    long before = progress.getAsLong();
    while (true) {
      try {
        return task.get(limit.toNanos(), TimeUnit.NANOSECONDS);
      } catch (TimeoutException e) {
        long now = progress.getAsLong();
        if (now == before) {
          thread.interrupt();
          throw attempt.failed(Kind.TRANSIENT, "no answer within " + seconds(limit));
        }
        before = now;
      } catch (InterruptedException e) {
        thread.interrupt();
        throw attempt.interrupted();
      } catch (ExecutionException e) {
        throw failure(e.getCause(), attempt);
      }
    }
  }

  static String seconds(Duration duration) {
    return duration.toMillis() / 1000.0 + " s";
  }

  private static RegistryException failure(@Nullable Throwable cause, Attempt attempt) {
    return switch (cause) {
      case RegistryException e -> e;
      case IOException e -> NetworkFailure.of(attempt, e);
      case IllegalArgumentException e ->
          attempt.failed(Kind.UNSUPPORTED, "not an address that can be connected to", e);
      case Error e -> throw e;
      case RuntimeException e -> throw e;
      case null, default -> throw new IllegalStateException("unexpected failure", cause);
    };
  }
}
