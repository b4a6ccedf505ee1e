package dev.longshore.oci.testing;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Failures to come, by what they hit: a digest, a tag, or {@link #ANY}. Each is used once, in the
 * order they were added, unless it stays.
 */
public final class Faults {
  /** Hits every request that no other fault hits. */
  public static final String ANY = "*";

  private final Map<String, Deque<Fault>> once = new ConcurrentHashMap<>();
  private final Map<String, Fault> lasting = new ConcurrentHashMap<>();

  /** The next request for {@code target} fails so. */
  public void next(String target, Fault fault) {
    once.compute(
        target,
        (key, queue) -> {
          Deque<Fault> faults = queue == null ? new ArrayDeque<>() : queue;
          faults.add(fault);
          return faults;
        });
  }

  /** Every request for {@code target} fails so until {@link #clear}. */
  public void always(String target, Fault fault) {
    lasting.put(target, fault);
  }

  public void clear() {
    once.clear();
    lasting.clear();
  }

  /** Takes the fault for a request for {@code target}, if one is due. */
  public Optional<Fault> take(String target) {
    return due(target).or(() -> due(ANY));
  }

  private Optional<Fault> due(String key) {
    var taken = new ArrayDeque<Fault>(1);
    once.computeIfPresent(
        key,
        (k, queue) -> {
          taken.add(queue.remove());
          return queue.isEmpty() ? null : queue;
        });
    return taken.isEmpty() ? Optional.ofNullable(lasting.get(key)) : Optional.of(taken.remove());
  }
}
