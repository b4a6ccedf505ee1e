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
 * Runs blocking network calls on a separate virtual thread. Sockets have time-outs only for single
 * reads, so a server that sends a byte now and then would hold its caller for ever; interrupting a
 * virtual thread closes its socket.
 */
final class TimedCall {
  private TimedCall() {}

  /**
   * @param limit without progress
   * @param progress a number that grows while the work goes on, for example bytes sent
   */
  static <A extends Answered> A run(
      Duration limit, LongSupplier progress, Attempt attempt, Callable<A> work)
      throws RegistryException {
    // The wait below notices it only if the answer is not there yet.
    if (Thread.interrupted()) {
      throw attempt.interrupted();
    }
    var exchange = new Exchange<A>(work);
    Thread.ofVirtual().start(exchange);
    long before = progress.getAsLong();
    while (true) {
      try {
        return exchange.get(limit.toNanos(), TimeUnit.NANOSECONDS);
      } catch (TimeoutException e) {
        long now = progress.getAsLong();
        // If it can no longer be cancelled, its answer is there.
        if (now == before && exchange.cancel(true)) {
          throw attempt.failed(Kind.TRANSIENT, "no answer within " + seconds(limit));
        }
        before = now;
      } catch (InterruptedException e) {
        exchange.abandon();
        throw attempt.interrupted();
      } catch (ExecutionException e) {
        throw failure(e.getCause(), attempt);
      }
    }
  }

  /** Releases an answer that arrives after its caller has given up. */
  private static final class Exchange<A extends Answered> extends FutureTask<A> {
    Exchange(Callable<A> work) {
      super(work);
    }

    @Override
    protected void set(A answer) {
      super.set(answer);
      if (isCancelled()) {
        answer.close();
      }
    }

    void abandon() {
      if (!cancel(true) && state() == State.SUCCESS) {
        resultNow().close();
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
