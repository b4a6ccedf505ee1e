package dev.longshore.resolver.site;

import dev.longshore.catalog.Batch;
import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.CatalogRecord;
import dev.longshore.catalog.Partition;
import dev.longshore.events.EventJson;
import dev.longshore.events.ImageState;
import dev.longshore.events.MalformedEventException;
import dev.longshore.events.Origin;
import dev.longshore.events.PinPhase;
import dev.longshore.events.PinState;
import dev.longshore.events.ServedState;
import dev.longshore.events.ServedState.Result;
import dev.longshore.events.State;
import dev.longshore.events.TagState;
import dev.longshore.events.Topic;
import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.model.RepositoryName;
import dev.longshore.resolver.site.SiteStore.Value;
import dev.longshore.sites.SiteJson;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Writes to the catalog what this site can serve: for each name the versions with every block here.
 * It is built from the store alone, anew at each start.
 */
final class ServedNames {
  private static final int PAGE = 200;

  /** Of a DAG that is here, or is being brought to who asked for it. */
  private static final String FOUND = "(d.present = 1 OR (d.present = 0 AND d.asked IS NOT NULL))";

  private final SiteStore store;
  private final Catalog catalog;
  private final SiteClock clock;
  private final @Nullable Duration maxAge;
  private final RemovalGuard held;

  /** The next offset of each topic: a later record of a key counts. */
  private final Map<Topic, Long> offsets = new EnumMap<>(Topic.class);

  private final Set<String> tooOld = new HashSet<>();
  private boolean complete;

  /**
   * @param maxAge age limit of the hub's last answer for serving anything; none if null
   */
  ServedNames(SiteStore store, Catalog catalog, SiteClock clock, @Nullable Duration maxAge) {
    this.store = store;
    this.held = new RemovalGuard(store);
    this.catalog = catalog;
    this.clock = clock;
    this.maxAge = maxAge;
  }

  /**
   * A version that is here whole, or is being brought.
   *
   * @param whole whether every block of it is here
   * @param kept whether this node fetches it ahead of being asked for
   */
  private record Version(
      Result result, ImageState image, boolean wanted, boolean whole, boolean kept) {}

  /** What refers to what a name shows, or is another mode of it, and is found by its digest. */
  private record Digested(RepositoryName repository, Digest source) {}

  /**
   * Brings the catalog to what the store says; what an earlier store said stays until it is sure.
   */
  synchronized void begin() {
    catalog.writer().startAgain(true);
    offsets.clear();
    @Nullable String last = "";
    List<String> page;
    do {
      page =
          store.query(
              "SELECT key FROM names WHERE key > ? ORDER BY key LIMIT " + PAGE,
              row -> row.getString(1),
              last);
      show(page);
      last = page.isEmpty() ? last : page.getLast();
    } while (page.size() == PAGE);
    settled();
  }

  /** All that is wanted was looked at: what the catalog had of an earlier store may go. */
  synchronized void settled() {
    if (!complete && wholeAt().isPresent() && (held.freesOrphans() || held.orphans() == 0)) {
      complete();
    }
  }

  private void complete() {
    catalog.writer().complete(clock.instant());
    complete = true;
  }

  private Optional<Instant> wholeAt() {
    return store.value(Value.WHOLE_AT).map(Instant::parse);
  }

  /** Writes these names anew. */
  synchronized void show(Collection<String> keys) {
    List<CatalogRecord> records = new ArrayList<>();
    keys.forEach(key -> show(key, records));
    apply(records);
  }

  /** These images are not found, until a name shows them again. */
  synchronized void forget(Collection<String> images) {
    apply(images.stream().map(image -> record(Topic.IMAGES, image, null)).toList());
  }

  /** Hides names whose rules allow no such age of the last word of the hub, or shows them again. */
  synchronized void age() {
    Set<String> now = new HashSet<>(keysTooOld());
    Set<String> changed = new HashSet<>(now);
    changed.addAll(tooOld);
    changed.removeIf(key -> now.contains(key) && tooOld.contains(key));
    tooOld.clear();
    tooOld.addAll(now);
    show(changed);
  }

  /** Whether a name is hidden, as the last word of the hub is too old for it. */
  synchronized boolean isTooOld(String key) {
    return tooOld.contains(key);
  }

  private List<String> keysTooOld() {
    Optional<Duration> age = wholeAt().map(at -> Duration.between(at, clock.instant()));
    if (age.isEmpty()) {
      return List.of();
    }
    boolean all = maxAge != null && age.get().compareTo(maxAge) > 0;
    return store.query(
        "SELECT key FROM names WHERE ? OR max_age < ?",
        row -> row.getString(1),
        all,
        age.get().toSeconds());
  }

  /** The DAG is here no more: its images are not to be found. */
  synchronized void gone(ImageDag dag, Collection<ImageState> images) {
    List<CatalogRecord> records = new ArrayList<>();
    for (ImageState image : images) {
      boolean others =
          !store
              .query(
                  "SELECT 1 FROM versions v JOIN dags d ON d.dag = v.dag"
                      + " WHERE v.image_key = ? AND d.present = 1 LIMIT 1",
                  row -> true,
                  image.key())
              .isEmpty();
      if (!others) {
        records.add(record(Topic.IMAGES, image.key(), null));
      }
    }
    images.stream()
        .map(image -> new Digested(image.name(), image.digest()))
        .distinct()
        .forEach(digested -> records.add(digest(digested)));
    records.add(record(Topic.PINS, PinState.key(dag), null));
    apply(records);
  }

  private void show(String key, List<CatalogRecord> records) {
    if (key.contains("@")) {
      // A digest that is forgotten: those names are shown anew that it followed.
      return;
    }
    Optional<ServedState> named =
        store
            .query(
                "SELECT served FROM names WHERE key = ? AND removed = 0",
                row -> read(row, 1, ServedState.class),
                key)
            .stream()
            .findFirst();
    List<Version> here = here(key, "v.subject IS NULL");
    // What is forgotten is not found from now on; it goes when the node is done with a fetch.
    store
        .query(
            "SELECT v.image_key FROM versions v JOIN dags d ON d.dag = v.dag"
                + " WHERE v.key = ? AND d.forget = 1",
            row -> row.getString(1),
            key)
        .forEach(image -> records.add(record(Topic.IMAGES, image, null)));
    Map<ImageDag, ImageState> pinned = new HashMap<>();
    // Of one image, what was made of it at last counts, or for other platforms.
    for (Version version : wantedLast(both(here, here(key, "v.subject IS NOT NULL")))) {
      records.add(
          record(
              Topic.IMAGES,
              version.image().key(),
              version.image(),
              // So that a pull is linked to the push.
              version.result().traceparent()));
      pinned.put(version.image().imageDag(), version.image());
    }
    pinned.forEach((dag, image) -> records.add(record(Topic.PINS, PinState.key(dag), pin(image))));
    Optional<ServedState> shown =
        named.filter(_ -> !tooOld.contains(key)).flatMap(name -> shown(name, here));
    records.add(record(Topic.SERVED, key, shown.orElse(null)));
    records.add(record(Topic.TAGS, key, shown.map(state -> tag(state, here)).orElse(null)));
    store
        .query(
            "SELECT DISTINCT repository, source, image FROM versions"
                + " WHERE key = ? AND (subject IS NOT NULL OR other = 1)",
            row -> read(row, 3, ImageState.class),
            key)
        .stream()
        .map(image -> new Digested(image.name(), image.digest()))
        .distinct()
        .forEach(digested -> records.add(digest(digested)));
  }

  private List<Version> here(String key, String which) {
    return store.query(
        "SELECT v.result, v.image, v.wanted, d.present, "
            + KeptDags.kept("v", "n", "d")
            + " FROM versions v JOIN dags d ON d.dag = v.dag"
            + " JOIN names n ON n.key = v.key WHERE v.key = ? AND "
            + which
            + " AND d.forget = 0 AND "
            + FOUND
            + " ORDER BY v.other, v.id DESC",
        row ->
            new Version(
                read(row, 1, Result.class),
                read(row, 2, ImageState.class),
                row.getInt(3) == 1,
                row.getInt(4) == 1,
                row.getBoolean(5)),
        key);
  }

  private static List<Version> both(List<Version> shown, List<Version> referrers) {
    return Stream.concat(shown.stream(), referrers.stream()).toList();
  }

  private static List<Version> wantedLast(List<Version> versions) {
    return versions.stream().sorted(Comparator.comparing(Version::wanted)).toList();
  }

  /**
   * A name without a tag, as long as one of those that it follows may be shown. What is another
   * mode of what a name shows is found by it though another node of the site keeps that.
   */
  private CatalogRecord digest(Digested digested) {
    String key = TagState.key(digested.repository(), digested.source());
    Optional<TagState> found =
        store
            .query(
                "SELECT v.key, v.result, v.image FROM versions v JOIN dags d ON d.dag = v.dag"
                    + " JOIN names n ON n.key = v.key"
                    + " WHERE v.repository = ? AND v.source = ?"
                    + " AND (v.subject IS NOT NULL OR (v.other = 1 AND n.removed = 0))"
                    + " AND d.forget = 0 AND "
                    + FOUND
                    + " ORDER BY v.id",
                row ->
                    Map.entry(
                        row.getString(1),
                        digest(read(row, 2, Result.class), read(row, 3, ImageState.class))),
                digested.repository().toString(),
                digested.source().toString())
            .stream()
            .filter(each -> !tooOld.contains(each.getKey()))
            .map(Map.Entry::getValue)
            .findFirst();
    return record(Topic.TAGS, key, found.orElse(null));
  }

  private static TagState digest(Result result, ImageState image) {
    return new TagState(
        image.name(),
        null,
        image.digest(),
        image.mediaType(),
        // As of tags.
        0,
        List.of(),
        false,
        Origin.UNKNOWN,
        result.observedAt(),
        result.observedAt());
  }

  /** Of each result that is not here yet, the last one of its mode that is. */
  private static Optional<ServedState> shown(ServedState named, List<Version> here) {
    List<Result> results = new ArrayList<>();
    @Nullable ImageDag selected = null;
    for (Result result : named.results()) {
      Optional<Result> found = inPlaceOf(result, here);
      found.filter(each -> !results.contains(each)).ifPresent(results::add);
      if (result.imageDag().equals(named.selected())) {
        selected = found.map(Result::imageDag).orElse(null);
      }
    }
    if (results.isEmpty()) {
      return Optional.empty();
    }
    boolean newest = results.stream().anyMatch(each -> each.source().equals(named.digest()));
    return Optional.of(
        new ServedState(
            named.name(),
            named.tag(),
            newest ? named.digest() : results.getFirst().source(),
            named.subject(),
            results,
            selected,
            null,
            named.changedAt()));
  }

  /** An earlier one stands in for what is fetched ahead, not for what somebody asked for. */
  private static Optional<Result> inPlaceOf(Result wanted, List<Version> here) {
    Optional<Version> itself =
        here.stream().filter(version -> version.result().equals(wanted)).findFirst();
    if (itself.filter(version -> version.whole() || !version.kept()).isPresent()) {
      return itself.map(Version::result);
    }
    return here.stream()
        .filter(version -> !version.wanted() && version.whole())
        .map(Version::result)
        .filter(each -> each.mode().equals(wanted.mode()))
        .findFirst()
        .or(() -> itself.map(Version::result));
  }

  /** What makes its digests found, those of earlier versions too. */
  private static TagState tag(ServedState shown, List<Version> here) {
    List<Digest> others =
        here.stream()
            .map(version -> version.result().source())
            .distinct()
            .filter(digest -> !digest.equals(shown.digest()))
            .limit(TagState.HISTORY)
            .toList();
    Version newest =
        here.stream()
            .filter(version -> version.result().source().equals(shown.digest()))
            .findFirst()
            .orElse(here.getFirst());
    Result result = newest.result();
    return new TagState(
        shown.name(),
        shown.tag(),
        shown.digest(),
        newest.image().mediaType(),
        // A site asks no registry; nothing that it serves is of this size.
        0,
        others,
        false,
        Origin.UNKNOWN,
        result.observedAt(),
        result.observedAt());
  }

  /** One copy: this one. */
  private static PinState pin(ImageState image) {
    Instant at = image.convertedAt();
    return new PinState(
        image.imageDag(), 1, List.of(), null, true, at, 1, 1, at, at, at, PinPhase.KEPT, at);
  }

  private CatalogRecord record(Topic topic, String key, @Nullable State value) {
    return record(topic, key, value, null);
  }

  private CatalogRecord record(
      Topic topic, String key, @Nullable State value, @Nullable String traceparent) {
    long offset = offsets.merge(topic, 1L, Long::sum) - 1;
    return new CatalogRecord(topic, 0, offset, clock.instant(), key, value, null, traceparent);
  }

  private void apply(List<CatalogRecord> records) {
    Map<Partition, Long> positions = new HashMap<>();
    for (CatalogRecord record : records) {
      positions.put(new Partition(record.topic(), 0), record.offset() + 1);
    }
    catalog.writer().apply(new Batch(records, positions));
  }

  static <T> T read(ResultSet row, int column, Class<T> type) throws SQLException {
    try {
      byte[] json = row.getBytes(column);
      if (json.length > EventJson.LIMIT) {
        throw new SQLException("a record of " + json.length + " bytes");
      }
      return SiteJson.read(json, type);
    } catch (MalformedEventException e) {
      throw new SQLException(String.valueOf(e.getMessage()), e);
    }
  }
}
