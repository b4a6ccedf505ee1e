package dev.longshore.resolver.hub;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.CatalogRecord;
import dev.longshore.catalog.CatalogSubscription;
import dev.longshore.catalog.Placed;
import dev.longshore.catalog.ServedPlace;
import dev.longshore.events.ServedState;
import dev.longshore.events.Topic;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The images that the groups' rules name now: read from the catalog at first use, then updated by
 * each change. A record is matched once per group.
 */
final class NamedImages implements AutoCloseable {
  /** Records read at once: 1 MB. */
  private static final int PAGE = 500;

  private final Catalog catalog;
  private final SiteGroups groups;
  private final ExpectedBytes expected;
  private final List<CatalogSubscription> subscriptions;
  private final ReentrantLock lock = new ReentrantLock();

  /** Changes still to be applied: the catalog's thread must not wait. */
  private final Queue<CatalogRecord> changed = new ConcurrentLinkedQueue<>();

  private BiConsumer<SiteGroup, NamedImage> came = (_, _) -> {};

  /** By group; empty before they are read. */
  private final Map<String, NamedOfGroup> read = new HashMap<>();

  private List<SiteGroup> readFor = List.of();

  NamedImages(Catalog catalog, SiteGroups groups) {
    this.catalog = catalog;
    this.groups = groups;
    this.expected = new ExpectedBytes(catalog);
    this.subscriptions =
        List.of(catalog.onChange(this::changed), catalog.onRebuilt(this::readAgain));
  }

  /** Calls the listener for each image that is first shown to a group after the names were read. */
  void onNew(BiConsumer<SiteGroup, NamedImage> listener) {
    locked(
        () -> {
          came = listener;
          return null;
        });
  }

  /** Reads the names, unless already done. */
  void read() {
    locked(this::current);
  }

  /** Applies a function to a group's images, which do not change meanwhile. */
  <T> T of(SiteGroup group, Function<NamedByPosition, T> look) {
    return locked(
        () -> {
          NamedOfGroup its = current().get(group.line().name());
          return look.apply(its == null ? new NamedByPosition(Topic.PARTITIONS) : its.byPlace());
        });
  }

  /** The images that a name shows to a group, by the name's key. */
  List<NamedImage> ofName(SiteGroup group, String key) {
    return ofName(group, NamedImage.hash(key));
  }

  private List<NamedImage> ofName(SiteGroup group, long key) {
    return locked(
        () -> {
          NamedOfGroup its = current().get(group.line().name());
          return its == null ? List.of() : its.ofName(key);
        });
  }

  /** Whether its name still shows it. */
  boolean shows(SiteGroup group, NamedImage image) {
    return ofName(group, image.name()).stream().anyMatch(now -> now.dag() == image.dag());
  }

  /** Kafka's id of topic {@code served}; empty while unknown. */
  Optional<String> topic() {
    return catalog.served().place().map(ServedPlace::topic);
  }

  private <T> T locked(Supplier<T> work) {
    lock.lock();
    try {
      follow();
      return work.get();
    } finally {
      lock.unlock();
    }
  }

  private Map<String, NamedOfGroup> current() {
    List<SiteGroup> now = groups.now();
    if (!readFor.equals(now)) {
      read.clear();
      now.forEach(group -> read.put(group.line().name(), new NamedOfGroup(group, expected)));
      readFor = now;
      readAll();
      follow();
    }
    return read;
  }

  private void readAll() {
    String after = null;
    List<Placed<ServedState>> page;
    do {
      page = catalog.served().page(after, PAGE);
      for (Placed<ServedState> placed : page) {
        read.values().forEach(its -> its.put(placed.state(), placed.partition(), placed.offset()));
        after = placed.state().key();
      }
    } while (page.size() == PAGE);
  }

  private void readAgain() {
    locked(
        () -> {
          readFor = List.of();
          read.clear();
          return null;
        });
  }

  private void changed(CatalogRecord record) {
    if (record.topic() != Topic.SERVED) {
      return;
    }
    changed.add(record);
    if (lock.tryLock()) {
      try {
        follow();
      } finally {
        lock.unlock();
      }
    }
  }

  private void follow() {
    for (CatalogRecord record = changed.poll(); record != null; record = changed.poll()) {
      for (NamedOfGroup its : read.values()) {
        if (record.value() instanceof ServedState served) {
          its.put(served, record.partition(), record.offset())
              .forEach(image -> came.accept(its.group(), image));
        } else {
          its.remove(NamedImage.hash(record.key()));
        }
      }
    }
  }

  @Override
  public void close() {
    subscriptions.forEach(CatalogSubscription::close);
  }
}
