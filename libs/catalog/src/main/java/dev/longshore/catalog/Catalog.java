package dev.longshore.catalog;

import dev.longshore.events.BlobState;
import dev.longshore.events.ImageState;
import dev.longshore.events.PinState;
import dev.longshore.events.State;
import dev.longshore.events.TagState;
import dev.longshore.events.Topic;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What this process knows of all tags, images, blobs and pins: the state topics as tables, kept in
 * a file that may be deleted at any time.
 *
 * <p>Any thread may use it; looks run beside each other and beside one writer. Lists are pages:
 * {@code after} is the last entry of the page before, none for the first. Every method throws
 * {@link CatalogException} when the file cannot be used and {@link IllegalStateException} after
 * {@link #close}.
 */
public final class Catalog implements AutoCloseable {
  private final Store store;
  private final Clock clock;
  private final Changes changes = new Changes();

  private Catalog(Store store, Clock clock) {
    this.store = store;
    this.clock = clock;
    store.write(
        session -> {
          Positions.start(session, clock.instant());
          return true;
        });
  }

  /** Opens the file, or begins a new one; a damaged one or one of another release is replaced. */
  public static Catalog open(Path file, Clock clock) {
    Store store = Store.open(file);
    try {
      return new Catalog(store, clock);
    } catch (CatalogException e) {
      store.close();
      if (!Store.isDamaged(file)) {
        throw e;
      }
      return new Catalog(Store.open(file), clock);
    }
  }

  /** A catalog that is gone when it is closed. */
  public static Catalog inMemory(Clock clock) {
    return new Catalog(Store.inMemory(), clock);
  }

  // What is known of a name.

  /** The state of a name, by {@link TagState#key}. */
  public Optional<TagState> tag(String key) {
    return byKey(StateTable.TAGS, key);
  }

  /** Tags of a repository that its source still has, in the order of their code points. */
  public List<TagState> tags(
      String registry, String repository, @Nullable String afterTag, int limit) {
    return list(
        StateTable.TAGS,
        "registry = ? AND repository = ? AND deleted = 0 AND tag > ? ORDER BY tag LIMIT ?",
        registry,
        repository,
        afterTag == null ? "" : afterTag,
        limit);
  }

  /** Repositories with a name that their source still has, by registry, then by name. */
  public List<Repository> repositories(@Nullable Repository after, int limit) {
    return store.read(session -> RepositoryQuery.after(session, after, limit));
  }

  /** All tags and bare digests, those deleted at their source included, in the order of keys. */
  public List<TagState> names(@Nullable String afterKey, int limit) {
    return page(StateTable.TAGS, afterKey, limit);
  }

  /** Names that have the digest now or had it before, those deleted at their source included. */
  public List<TagState> namesOf(String digest) {
    return list(
        StateTable.TAGS,
        "key IN (SELECT key FROM tags WHERE digest = ?"
            + " UNION SELECT key FROM tag_history WHERE digest = ?) ORDER BY key",
        digest,
        digest);
  }

  /** Whether a name of the repository, one that its source still has, has or had the digest. */
  public boolean repositoryHolds(String registry, String repository, String digest) {
    return store.read(
        session -> RepositoryQuery.holds(session, new Repository(registry, repository), digest));
  }

  /** Whether the repository has a name that its source still has. */
  public boolean hasRepository(String registry, String repository) {
    return store.read(
        session -> RepositoryQuery.exists(session, new Repository(registry, repository)));
  }

  /**
   * Pages, read as the stream goes on, of the images with a verified copy that it holds and may
   * have.
   */
  public Stream<List<HeldImage>> imagesHeld(String registry, String repository) {
    return RepositoryQuery.images(store, new Repository(registry, repository));
  }

  // What is known of content.

  /**
   * The conversion of a source digest by a recipe that a repository was shown to have; what the
   * first releases recorded shows nothing.
   */
  public Optional<ImageState> image(
      String digest, String recipe, String registry, String repository) {
    return byKey(StateTable.IMAGES, ImageState.key(digest, recipe, registry, repository));
  }

  /** Conversions of a source digest that the repository may have, the first one recorded first. */
  public List<ImageState> imagesFor(String registry, String repository, String digest) {
    return list(
        StateTable.IMAGES,
        "digest = ?1 AND " + RepositoryQuery.isFor("images", "?2") + " ORDER BY appended_at, key",
        digest,
        RepositoryQuery.place(new Repository(registry, repository)));
  }

  /** All conversions of a source digest, the first one recorded first. */
  public List<ImageState> imagesOf(String digest) {
    return conversions("digest", digest);
  }

  /** The conversion that has this image DAG, the first one recorded if several have. */
  public Optional<ImageState> imageByDag(String cid) {
    return first(StateTable.IMAGES, "image_dag = ? ORDER BY appended_at, key LIMIT 1", cid);
  }

  /** Conversions whose mode has this digest as its own manifest or index, the first one first. */
  public List<ImageState> imagesServedAs(String ownDigest) {
    return conversions("own_digest", ownDigest);
  }

  /** Conversions that have this image DAG, the first one recorded first. */
  public List<ImageState> imagesByDag(String cid) {
    return conversions("image_dag", cid);
  }

  /** Records with this image DAG, one for each repository that has it. */
  public List<ImageState> recordsOfDag(String cid) {
    return list(StateTable.IMAGES, "image_dag = ? ORDER BY place", cid);
  }

  /** Conversions that have this root CID, the first one recorded first. */
  public List<ImageState> imagesByRoot(String cid) {
    return conversions("root", cid);
  }

  /** Each once, the first one recorded, however many repositories have it. */
  private List<ImageState> conversions(String column, String value) {
    record Made(String digest, String recipe, String imageDag) {}
    Map<Made, ImageState> first = new LinkedHashMap<>();
    for (ImageState image : list(StateTable.IMAGES, conversionsBy(column), value)) {
      first.putIfAbsent(new Made(image.digest(), image.recipe(), image.imageDag()), image);
    }
    return List.copyOf(first.values());
  }

  static String conversionsBy(String column) {
    return column + " = ? AND asked = 0 ORDER BY appended_at, key";
  }

  /** Images with this image DAG that the repository may have, of digests that it holds. */
  public List<ImageState> imagesHeldByDag(String registry, String repository, String cid) {
    return held(new Repository(registry, repository), "image_dag", cid);
  }

  /** As {@link #imagesHeldByDag}, of manifests that belong to this one. */
  public List<ImageState> imagesHeldBoundTo(String registry, String repository, String subject) {
    return held(new Repository(registry, repository), "subject", subject);
  }

  /** As {@link #imagesHeldByDag}, whose mode has this digest as its own manifest or index. */
  public List<ImageState> imagesHeldServedAs(String registry, String repository, String ownDigest) {
    return held(new Repository(registry, repository), "own_digest", ownDigest);
  }

  private List<ImageState> held(Repository repository, String column, String value) {
    return list(
        StateTable.IMAGES,
        heldBy(column),
        value,
        RepositoryQuery.firstKey(repository),
        RepositoryQuery.endKey(repository),
        RepositoryQuery.place(repository));
  }

  static String heldBy(String column) {
    return column
        + " = ?1 AND "
        + RepositoryQuery.holding("images.digest")
        + " AND "
        + RepositoryQuery.isFor("images", "?4")
        + " ORDER BY appended_at, key";
  }

  /** Conversions, and what repositories were shown to have of them, by {@link ImageState#key}. */
  public List<ImageState> images(@Nullable String afterKey, int limit) {
    return page(StateTable.IMAGES, afterKey, limit);
  }

  /** Where a blob went, by {@link BlobState#key}. */
  public Optional<BlobState> blob(String digest, String transform) {
    return byKey(StateTable.BLOBS, BlobState.key(digest, transform));
  }

  /** The copies of an image DAG. */
  public Optional<PinState> pin(String imageDag) {
    return byKey(StateTable.PINS, imageDag);
  }

  /** Image DAGs and their copies, by CID. */
  public List<PinState> pins(@Nullable String afterDag, int limit) {
    return page(StateTable.PINS, afterDag, limit);
  }

  /** Image DAGs with fewer verified copies than this, by CID. */
  public List<PinState> pinsBelow(int copies, @Nullable String afterDag, int limit) {
    return list(
        StateTable.PINS,
        "verified < ? AND key > ? ORDER BY key LIMIT ?",
        copies,
        afterDag == null ? "" : afterDag,
        limit);
  }

  /** Image DAGs whose copies are not what was asked for, by CID. */
  public List<PinState> pinsUnfinished(@Nullable String afterDag, int limit) {
    return list(
        StateTable.PINS,
        "unfinished = 1 AND key > ? ORDER BY key LIMIT ?",
        afterDag == null ? "" : afterDag,
        limit);
  }

  // What is known of the work.

  /** Why work on a key does not go on, one entry a stage. */
  public List<WorkFailure> trouble(String key) {
    return store.read(session -> Troubles.of(session, key));
  }

  /** Troubles of all keys, the newest first. */
  public List<WorkFailure> troubles(int limit) {
    return store.read(session -> Troubles.newest(session, limit));
  }

  /** Sums over everything; a look at all of an index, for people and not for every request. */
  public Totals totals() {
    return store.read(TotalsQuery::run);
  }

  /** The same sums of images, plain mode first. */
  public List<ModeTotals> totalsByMode() {
    return store.read(TotalsQuery::byMode);
  }

  /** Kafka's clock when the current record of a state topic's key was appended, in milliseconds. */
  public Optional<Instant> appendedAt(Topic topic, String key) {
    return store.read(
        session ->
            session.first(
                "SELECT appended_at FROM " + StateTable.of(topic).name() + " WHERE key = ?",
                StateTable::appendedAt,
                key));
  }

  /** W3C trace context of the work that wrote the current record of a state topic's key. */
  public Optional<String> traceparent(Topic topic, String key) {
    return store.read(
        session ->
            session.first(
                "SELECT traceparent FROM "
                    + StateTable.of(topic).name()
                    + " WHERE key = ? AND traceparent IS NOT NULL",
                row -> row.getString(1),
                key));
  }

  // Changes.

  /**
   * Keeps records that this process has committed to Kafka, before its source brings them again. A
   * record that is older than what is kept changes nothing.
   */
  public void apply(List<CatalogRecord> records) {
    apply(new Batch(records, Map.of()));
  }

  /** Keeps what a source brought, and how far it got. */
  public void apply(Batch batch) {
    changes.tell(store.write(session -> new Writer(session).apply(batch)));
  }

  /**
   * Calls the listener with each record that changed something, after it is kept, on the thread
   * that applied it; not with what a rebuild drops. The listener must be quick.
   */
  public CatalogSubscription onChange(Consumer<CatalogRecord> listener) {
    return changes.add(listener);
  }

  /**
   * Calls the listener after each rebuild, once what did not come again is dropped, on the thread
   * that fed the catalog: events about what was dropped may have been lost too. The listener must
   * be quick and throw nothing.
   */
  public CatalogSubscription onRebuilt(Runnable listener) {
    return changes.addRebuild(listener);
  }

  /**
   * Number of the last rebuild, unless the reader has noted it: what was dropped by it may be
   * missed, which the file remembers until the reader remembers it elsewhere.
   */
  public Optional<Long> rebuildUnknownTo(String reader) {
    return store.read(session -> Positions.rebuildUnknownTo(session, reader));
  }

  /** Ends the news of a rebuild for the reader. */
  public void noteRebuild(String reader, long rebuild) {
    store.write(
        session -> {
          Positions.noteRebuild(session, reader, rebuild);
          return true;
        });
  }

  /**
   * Looks again at every change until the look finds something.
   *
   * @return what it found; none when the time is over
   */
  public <T> Optional<T> await(Supplier<Optional<T>> look, Duration timeout)
      throws InterruptedException {
    return changes.await(look, timeout);
  }

  // For sources.

  /** The offset to read next of each partition that was read. */
  public Map<Partition, Long> positions() {
    return store.read(Positions::all);
  }

  /** Ids of the topics that the positions belong to. */
  public Map<Topic, String> topicIds() {
    return store.read(Positions::topicIds);
  }

  /** Notes the ids of the topics that the positions belong to. */
  public void topicIds(Map<Topic, String> ids) {
    store.write(
        session -> {
          Positions.topicIds(session, ids);
          return true;
        });
  }

  /**
   * Begins to read everything again: positions are forgotten, what is known stays visible, and what
   * does not come again is dropped by the next {@link #complete}.
   *
   * @param newTopics whether the topics are others now, whose offsets say nothing about those kept
   */
  public void startAgain(boolean newTopics) {
    store.write(
        session -> {
          Positions.startAgain(session, clock.instant(), newTopics);
          return true;
        });
  }

  /**
   * Makes looks by anything but a key quick, though not everything is here: the source is away, and
   * nobody knows for how long.
   */
  void prepareToServe() {
    store.write(
        session -> {
          Schema.index(session);
          return true;
        });
  }

  /** Notes that everything that the source held at the instant is here. */
  public void complete(Instant at) {
    boolean rebuilt = store.write(session -> complete(session, at));
    if (rebuilt) {
      changes.tellOfRebuild();
    }
  }

  /** Returns whether all names are to be looked at again. */
  private static boolean complete(Session session, Instant at) throws SQLException {
    boolean lookAgain = Positions.rebuilding(session);
    if (lookAgain) {
      Writer.dropEarlier(session);
    }
    if (Positions.completeAt(session).isEmpty()) {
      Schema.index(session);
      lookAgain |= RepositoryQuery.hasImagesNotShown(session);
    }
    Troubles.forget(session, at);
    Positions.complete(session, at, lookAgain);
    return lookAgain;
  }

  /** When the catalog was last seen to be all that the source holds; none if it never was. */
  public Optional<Instant> completeAt() {
    return store.read(Positions::completeAt);
  }

  /**
   * Whether deletions may have gone from Kafka unread, because the last complete look is {@link
   * Topics#DELETE_RETENTION} or longer ago: the source must start again.
   */
  public boolean isTooOld() {
    Duration behind = store.read(session -> Positions.behind(session, clock.instant()));
    return behind.compareTo(Topics.DELETE_RETENTION) >= 0;
  }

  @Override
  public void close() {
    store.close();
  }

  private <S extends State> Optional<S> byKey(StateTable<S> table, String key) {
    return first(table, "key = ?", key);
  }

  private <S extends State> List<S> page(
      StateTable<S> table, @Nullable String afterKey, int limit) {
    return list(table, "key > ? ORDER BY key LIMIT ?", afterKey == null ? "" : afterKey, limit);
  }

  private <S extends State> Optional<S> first(
      StateTable<S> table, String where, Object... parameters) {
    return store.read(session -> session.first(select(table, where), table::read, parameters));
  }

  private <S extends State> List<S> list(StateTable<S> table, String where, Object... parameters) {
    return store.read(session -> session.list(select(table, where), table::read, parameters));
  }

  private static String select(StateTable<?> table, String where) {
    return "SELECT body FROM " + table.name() + " WHERE " + where;
  }
}
