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
 * What changed since names were last looked at, each once. After too many changes, or where it is
 * not known what changed, all names of some partitions. Nothing before the first partition came:
 * its names are looked at then.
 */
final class NameChanges {
  /** Changes kept, a few megabytes. */
  static final int MOST = 10_000;

  /** Image DAGs whose last change is remembered, so that each further copy changes nothing. */
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

  /** A name, or something of names that are still to be found. */
  sealed interface Change {
    record OfName(String key) implements Change {}

    /** An image of this digest; of any repository if there is none. */
    record OfImage(Digest digest, @Nullable RepositoryName repository) implements Change {}

    record OfCopies(ImageDag dag) implements Change {}

    /** A decision, which may forget digests. */
    record OfDecision(String id) implements Change {}
  }

  /** Keeps what the record may change, and returns at once. */
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

  /** Names show what was verified: the second copy is no news. */
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

  /** Has a change looked at again. */
  void again(Change change) {
    lock.lock();
    try {
      keep(change);
    } finally {
      lock.unlock();
    }
  }

  /** Has all names of a partition looked at, which is this process's from now on. */
  void held(int partition) {
    unseen(Set.of(partition));
  }

  /** Has all names looked at: what changed is not known. */
  void unknown() {
    unseen(ALL);
  }

  /** Has the names of a partition looked at that come after this one, if not all are to be. */
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

  /** The first change, which is no longer kept. */
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

  /**
   * Partitions whose names are to be looked at, which are no longer kept; each with the key after
   * which its names come.
   */
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

  /** Waits until something is to be looked at, at most so long. */
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

  /** Waits so long, whatever comes. */
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
