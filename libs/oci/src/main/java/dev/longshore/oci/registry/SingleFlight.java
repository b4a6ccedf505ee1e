package dev.longshore.oci.registry;

import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Attempt;
import dev.longshore.oci.RegistryException.Kind;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;

/** Runs work once for all threads that ask for its result at the same time. */
final class SingleFlight<K, V> {
  private final Map<K, CompletableFuture<V>> flights = new ConcurrentHashMap<>();

  /** The result of {@code work}, or of the same work running on another thread. */
  V run(K key, Attempt attempt, Retrier.Try<V> work) throws RegistryException {
    Optional<V> result = Optional.empty();
    while (result.isEmpty()) {
      var mine = new CompletableFuture<V>();
      CompletableFuture<V> other = flights.putIfAbsent(key, mine);
      result = other == null ? Optional.of(lead(key, mine, work)) : follow(other, attempt);
    }
    return result.get();
  }

  /** The other thread's result; empty if that was cancelled, which does not affect this one. */
  private static <V> Optional<V> follow(CompletableFuture<V> other, Attempt attempt)
      throws RegistryException {
    try {
      return Optional.of(other.get());
    } catch (InterruptedException e) {
      throw attempt.interrupted();
    } catch (CancellationException e) {
      return Optional.empty();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RegistryException failure && failure.kind() != Kind.INTERRUPTED) {
        throw failure;
      }
      return Optional.empty();
    }
  }

  private V lead(K key, CompletableFuture<V> mine, Retrier.Try<V> work) throws RegistryException {
    try {
      V result = work.run();
      mine.complete(result);
      return result;
    } catch (RegistryException e) {
      mine.completeExceptionally(e);
      throw e;
    } finally {
      flights.remove(key, mine);
      // For any other failure; the waiters then try for themselves.
      mine.cancel(false);
    }
  }
}
