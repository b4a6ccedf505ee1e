package dev.longshore.resolver.hub;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.CatalogRecord;
import dev.longshore.catalog.CatalogSubscription;
import dev.longshore.catalog.Placed;
import dev.longshore.catalog.ServedPlace;
import dev.longshore.events.ServedState;
import dev.longshore.events.Topic;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Which images the rules of the groups name now. It is read from the catalog when it is first asked
 * for, and follows each change from then on: a record is matched once with each group.
 */
final class NamedImages implements AutoCloseable {
  /** Records read at once: 1 MB. */
  private static final int PAGE = 500;

  private final Catalog catalog;
  private final SiteGroups groups;
  private final List<CatalogSubscription> subscriptions;
  private BiConsumer<SiteGroup, NamedImage> came = (_, _) -> {};

  /** By group; empty while they are to be read. */
  private final Map<String, OfGroup> read = new HashMap<>();

  private List<SiteGroup> readFor = List.of();

  /** Those of a group, by the hash of the name's key. */
  private static final class OfGroup {
    private final SiteGroup group;
    private final Map<Long, List<NamedImage>> names = new HashMap<>();
    private @Nullable NamedByPlace sorted;

    OfGroup(SiteGroup group) {
      this.group = group;
    }

    /** What a name shows now; empty if it is nothing that the rules name. */
    List<NamedImage> put(ServedState served, int partition, long offset) {
      long key = NamedImage.hash(served.key());
      List<NamedImage> before = names.getOrDefault(key, List.of());
      if (!before.isEmpty() && before.getFirst().offset() > offset) {
        return List.of();
      }
      List<NamedImage> now =
          group
              .rules()
              .of(served)
              .map(
                  rule ->
                      SiteView.results(served, rule).stream()
                          .map(result -> NamedImage.of(served, result, partition, offset, rule))
                          .toList())
              .orElse(List.of());
      if (!now.isEmpty() || !before.isEmpty()) {
        sorted = null;
      }
      if (now.isEmpty()) {
        names.remove(key);
      } else {
        names.put(key, now);
      }
      return now.stream().filter(image -> !isAmong(before, image)).toList();
    }

    /** It is there already: its name was only written again. */
    private static boolean isAmong(List<NamedImage> before, NamedImage image) {
      return before.stream()
          .anyMatch(old -> old.dag() == image.dag() && old.shownAt() == image.shownAt());
    }

    void remove(long key) {
      if (names.remove(key) != null) {
        sorted = null;
      }
    }

    NamedByPlace sorted() {
      NamedByPlace known = sorted;
      if (known == null) {
        known = new NamedByPlace(named(), Topic.PARTITIONS);
        sorted = known;
      }
      return known;
    }

    /** Of a rule that names the newest tags alone, these. */
    private List<NamedImage> named() {
      record Asked(SiteRuleSettings rule, long repository) {}
      List<NamedImage> all = new ArrayList<>();
      Map<Asked, List<List<NamedImage>>> newest = new HashMap<>();
      for (List<NamedImage> name : names.values()) {
        NamedImage first = name.getFirst();
        if (first.rule().newest() == null) {
          all.addAll(name);
        } else {
          newest
              .computeIfAbsent(new Asked(first.rule(), first.repository()), _ -> new ArrayList<>())
              .add(name);
        }
      }
      newest.forEach(
          (asked, some) ->
              some.stream()
                  .sorted(Comparator.comparingLong(OfGroup::shownSince).reversed())
                  .limit(Objects.requireNonNull(asked.rule().newest()))
                  .forEach(all::addAll));
      return all;
    }

    private static long shownSince(List<NamedImage> name) {
      return name.stream().mapToLong(NamedImage::since).max().orElse(0);
    }
  }

  NamedImages(Catalog catalog, SiteGroups groups) {
    this.catalog = catalog;
    this.groups = groups;
    this.subscriptions =
        List.of(catalog.onChange(this::changed), catalog.onRebuilt(this::readAgain));
  }

  /**
   * Is told, on the catalog's thread, of each image that comes to be shown to a group once the
   * names were read.
   */
  synchronized void onNew(BiConsumer<SiteGroup, NamedImage> listener) {
    came = listener;
  }

  /** Those that the rules of a group name, in the order in which its sites are told of them. */
  synchronized NamedByPlace of(SiteGroup group) {
    OfGroup its = current().get(group.line().name());
    return its == null ? new NamedByPlace(List.of(), Topic.PARTITIONS) : its.sorted();
  }

  /** What a name shows to a group, by its key. */
  synchronized List<NamedImage> ofName(SiteGroup group, String key) {
    OfGroup its = current().get(group.line().name());
    return its == null ? List.of() : its.names.getOrDefault(NamedImage.hash(key), List.of());
  }

  /** Whether its name still shows it. */
  synchronized boolean shows(SiteGroup group, NamedImage image) {
    OfGroup its = current().get(group.line().name());
    return its != null
        && its.names.getOrDefault(image.name(), List.of()).stream()
            .anyMatch(now -> now.dag() == image.dag());
  }

  /** Kafka's id of the topic of what names show; empty while it is not known. */
  Optional<String> topic() {
    return catalog.served().place().map(ServedPlace::topic);
  }

  private Map<String, OfGroup> current() {
    List<SiteGroup> now = groups.now();
    if (readFor != now) {
      read.clear();
      now.forEach(group -> read.put(group.line().name(), new OfGroup(group)));
      readFor = now;
      readAll();
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

  private synchronized void readAgain() {
    readFor = List.of();
    read.clear();
  }

  private synchronized void changed(CatalogRecord record) {
    if (record.topic() != Topic.SERVED || readFor.isEmpty()) {
      return;
    }
    for (OfGroup its : read.values()) {
      if (record.value() instanceof ServedState served) {
        its.put(served, record.partition(), record.offset())
            .forEach(image -> came.accept(its.group, image));
      } else {
        its.remove(NamedImage.hash(record.key()));
      }
    }
  }

  @Override
  public void close() {
    subscriptions.forEach(CatalogSubscription::close);
  }
}
