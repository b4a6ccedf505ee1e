package dev.longshore.pinner;

import dev.longshore.catalog.CatalogRecord;
import dev.longshore.events.ImageState;
import dev.longshore.events.PinState;
import dev.longshore.events.Topic;
import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.model.RepositoryName;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Changes to names since the last look, each once. After too many changes, or if they are unknown,
 * all names of some partitions. Empty before the first partition is assigned, whose names are all
 * looked at then.
 */
final class NameChanges {
  /** Limit of changes kept, a few megabytes. */
  static final int MOST = 10_000;

  /** Image DAGs whose last change is remembered, so that further copies count as no change. */
  private static final int REMEMBERED = 10_000;

  /** Sorts before every key. */
  static final String START = "";

  private static final Set<Integer> ALL =
      IntStream.range(0, Topic.PARTITIONS).boxed().collect(Collectors.toUnmodifiableSet());

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition marked = lock.newCondition();
  private final Condition never = lock.newCondition();
  private final Set<Change> changes = new LinkedHashSet<>();
  private final Map<Integer, String> unseen = new TreeMap<>();
  private boolean holdsAny;
  private final Map<String, Boolean> verified =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
          return size() > REMEMBERED;
        }
      };

  /** A changed name, or a change whose names are still to be found. */
  sealed interface Change {
    record OfName(String key) implements Change {}

    /** An image of this digest, in any repository if that is null. */
    record OfImage(Digest digest, @Nullable RepositoryName repository) implements Change {}

    record OfCopies(ImageDag dag) implements Change {}

    /** A decision, which may forget digests. */
    record OfDecision(String id) implements Change {}
  }

  /** Adds the changes that a record may cause; returns at once. */
  void changed(CatalogRecord record) {
    lock.lock();
    try {
      if (holdsAny) {
        change(record).ifPresent(this::keep);
      }
    } finally {
      lock.unlock();
    }
  }

  private Optional<Change> change(CatalogRecord record) {
    return switch (record.topic()) {
      case TAGS -> Optional.of(new Change.OfName(record.key()));
      case IMAGES -> Optional.of(ofImage(record));
      case PINS -> ofCopies(record);
      case DECISIONS -> Optional.of(new Change.OfDecision(record.key()));
      default -> Optional.empty();
    };
  }

  private static Change ofImage(CatalogRecord record) {
    return record.value() instanceof ImageState image
        ? new Change.OfImage(image.digest(), image.name())
        : new Change.OfImage(
            Digest.stored(record.key().substring(0, Math.max(0, record.key().indexOf('/')))), null);
  }

  /** Names show verified images: a second copy changes nothing. */
  private Optional<Change> ofCopies(CatalogRecord record) {
    boolean now = record.value() instanceof PinState pin && pin.wasVerified();
    Boolean before = verified.put(record.key(), now);
    return before != null && before == now
        ? Optional.empty()
        : Optional.of(new Change.OfCopies(ImageDag.stored(record.key())));
  }

  private void keep(Change change) {
    if (changes.size() >= MOST) {
      changes.clear();
      ALL.forEach(partition -> unseen.put(partition, START));
    } else {
      changes.add(change);
    }
    marked.signal();
  }

  /** Puts a change back. */
  void again(Change change) {
    lock.lock();
    try {
      keep(change);
    } finally {
      lock.unlock();
    }
  }

  /** Adds all names of a partition that this process now holds. */
  void held(int partition) {
    unseen(Set.of(partition));
  }

  /** Adds all names: the changes are unknown. */
  void unknown() {
    unseen(ALL);
  }

  /** Adds the names of a partition after this one, unless all are to be looked at. */
  void unseenAfter(int partition, String key) {
    lock.lock();
    try {
      unseen.putIfAbsent(partition, key);
      marked.signal();
    } finally {
      lock.unlock();
    }
  }

  private void unseen(Set<Integer> partitions) {
    lock.lock();
    try {
      holdsAny = true;
      partitions.forEach(partition -> unseen.put(partition, START));
      marked.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Removes and returns the first change. */
  Optional<Change> next() {
    lock.lock();
    try {
      Iterator<Change> all = changes.iterator();
      if (!all.hasNext()) {
        return Optional.empty();
      }
      Change first = all.next();
      all.remove();
      return Optional.of(first);
    } finally {
      lock.unlock();
    }
  }

  /** Removes and returns the partitions to look at, each with the key after which to begin. */
  Map<Integer, String> partitions() {
    lock.lock();
    try {
      Map<Integer, String> taken = Map.copyOf(unseen);
      unseen.clear();
      return taken;
    } finally {
      lock.unlock();
    }
  }

  /** Waits for a change, within the limit. */
  void await(Duration limit) throws InterruptedException {
    lock.lock();
    try {
      long nanos = limit.toNanos();
      while (changes.isEmpty() && unseen.isEmpty() && nanos > 0) {
        nanos = marked.awaitNanos(nanos);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Waits this long regardless of changes. */
  void pause(Duration time) throws InterruptedException {
    lock.lock();
    try {
      for (long nanos = time.toNanos(); nanos > 0; ) {
        nanos = never.awaitNanos(nanos);
      }
    } finally {
      lock.unlock();
    }
  }
}
