package dev.longshore.app.faults;

import dev.longshore.oci.registry.ClientSettings;
import dev.longshore.oci.registry.RetryPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Pulls through the resolvers in turn; what one of them fails is tried once more, at the next. */
final class Pulls {
  /** Nothing is tried again but by this test, and nobody waits for long. */
  private static final ClientSettings IMPATIENT =
      ClientSettings.defaults()
          .withRetry(RetryPolicy.never())
          .withTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(20), Duration.ofSeconds(20));

  /** For resolvers to be told of an image, also by a Kafka that has lost a broker. */
  private static final Duration TOLD = Duration.ofSeconds(12);

  private final Pushes pushes;
  private final Outcome outcome;
  private final List<Integer> resolvers;
  private final Random random = new Random(1);
  private final AtomicInteger turn = new AtomicInteger();
  private final AtomicInteger done = new AtomicInteger();
  private final AtomicInteger retried = new AtomicInteger();
  private final Map<Pushes.Push, Long> finished = new LinkedHashMap<>();
  private final List<String> failed = new CopyOnWriteArrayList<>();

  Pulls(Pushes pushes, Outcome outcome, List<Integer> resolvers) {
    this.pushes = pushes;
    this.outcome = outcome;
    this.resolvers = List.copyOf(resolvers);
  }

  /** Pulls one of the images that have had all their copies for a while, if there are any. */
  void next() {
    long now = System.nanoTime();
    for (Pushes.Push push : pushes.done()) {
      if (outcome.finished(push.reference(), push.digest()).isPresent()) {
        finished.putIfAbsent(push, now);
      }
    }
    List<Pushes.Push> known = new ArrayList<>();
    finished.forEach(
        (push, since) -> {
          if (now - since > TOLD.toNanos()) {
            known.add(push);
          }
        });
    if (known.isEmpty()) {
      return;
    }
    Pushes.Push push = known.get(random.nextInt(known.size()));
    int first = turn.getAndIncrement();
    List<String> failures = new ArrayList<>();
    if (!pulled(first, push, failures)) {
      retried.incrementAndGet();
      if (!pulled(first + 1, push, failures)) {
        failed.add(String.join("; then ", failures));
      }
    }
    done.incrementAndGet();
  }

  private boolean pulled(int turn, Pushes.Push push, List<String> failures) {
    int resolver = resolvers.get(turn % resolvers.size());
    try {
      new Pull(resolver, IMPATIENT).every(push.reference(), push.digest());
      return true;
    } catch (Exception | AssertionError e) { // whatever a client meets is a pull that failed
      failures.add(push + " through " + resolver + ": " + e);
      return false;
    }
  }

  int done() {
    return done.get();
  }

  int retried() {
    return retried.get();
  }

  /** Those that failed twice. */
  List<String> failed() {
    return List.copyOf(failed);
  }
}
