package dev.longshore.catalog;

import dev.longshore.events.Topic;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * This process's copy of the state topics, such as all tags, images, blobs and pins, as tables in a
 * file that may be deleted at any time.
 *
 * <p>Thread-safe; reads run in parallel with each other and with one writer. Long lists come in
 * pages: {@code after} is the last entry of the previous page, null for the first. Every method
 * throws {@link CatalogException} when the file cannot be used and {@link IllegalStateException}
 * after {@link #close}.
 */
public final class Catalog implements AutoCloseable {
  /** How long state topics keep deletions: an older store is rebuilt. */
  public static final Duration DELETIONS_KEPT = Duration.ofDays(30);

  /** Topics whose records it keeps; every process follows all of them. */
  public static final Set<Topic> TOPICS = topics();

  /** The same and what resolvers say of pulls, where retention asks for that. */
  public static final Set<Topic> TOPICS_AND_PULLS = with(TOPICS, Topic.PULLS);

  private final Store store;
  private final ChangeListeners changes = new ChangeListeners();
  private final Tags tags;
  private final Repositories repositories;
  private final Conversions conversions;
  private final Pins pins;
  private final CopyStates copies;
  private final PeerStates peers;
  private final Decisions decisions;
  private final ServedStates served;
  private final Pulls pulls;
  private final WorkFailures failures;
  private final Fleet fleet;
  private final NameLooks looks;
  private final CatalogWriter writer;

  private Catalog(Store store, Clock clock) {
    this.store = store;
    this.tags = new Tags(store);
    this.repositories = new Repositories(store);
    this.conversions = new Conversions(store);
    this.pins = new Pins(store);
    this.peers = new PeerStates(store);
    this.decisions = new Decisions(store, clock);
    this.copies = new CopyStates(store, pins, peers);
    this.served = new ServedStates(store);
    this.pulls = new Pulls(store);
    this.failures = new WorkFailures(store);
    this.fleet = new Fleet(store);
    this.looks = new NameLooks(store);
    this.writer = new CatalogWriter(store, changes, looks, clock);
    store.write(
        session -> {
          Positions.start(session, clock.instant());
          return true;
        });
  }

  /** Opens or creates the file; replaces a damaged one, or one of another release. */
  public static Catalog open(Path file, Clock clock) {
    return open(file, Store.Memory.USUAL, clock);
  }

  /** The same for a process that has few callers and little memory. */
  public static Catalog openSmall(Path file, Clock clock) {
    return open(file, Store.Memory.SMALL, clock);
  }

  private static Catalog open(Path file, Store.Memory memory, Clock clock) {
    Store store = Store.open(file, memory);
    try {
      return new Catalog(store, clock);
    } catch (CatalogException e) {
      store.close();
      if (!Store.isDamaged(file)) {
        throw e;
      }
      return new Catalog(Store.open(file, memory), clock);
    }
  }

  /** A catalog in memory, gone when it is closed. */
  public static Catalog inMemory(Clock clock) {
    return new Catalog(Store.inMemory(), clock);
  }

  private static Set<Topic> topics() {
    Set<Topic> topics = EnumSet.of(Topic.FAILED, Topic.RETRY);
    StateTable.ALL.forEach(table -> topics.add(table.topic()));
    topics.remove(Topic.PULLS);
    return Collections.unmodifiableSet(topics);
  }

  private static Set<Topic> with(Set<Topic> topics, Topic further) {
    Set<Topic> all = EnumSet.copyOf(topics);
    all.add(further);
    return Collections.unmodifiableSet(all);
  }

  /** Rows that were read since it was opened: what questions cost, whatever the machine. */
  public long rowsRead() {
    return store.rowsRead();
  }

  /** Names. */
  public Tags tags() {
    return tags;
  }

  /** Repositories. */
  public Repositories repositories() {
    return repositories;
  }

  /** Converted images and blobs. */
  public Conversions conversions() {
    return conversions;
  }

  /** Numbers of copies of image DAGs. */
  public Pins pins() {
    return pins;
  }

  /** Each copy of an image DAG. */
  public CopyStates copies() {
    return copies;
  }

  /** Peers that keep copies. */
  public PeerStates peers() {
    return peers;
  }

  /** What people decided. */
  public Decisions decisions() {
    return decisions;
  }

  /** What names show. */
  public ServedStates served() {
    return served;
  }

  /** When images were pulled. */
  public Pulls pulls() {
    return pulls;
  }

  /** Why work does not go on. */
  public WorkFailures failures() {
    return failures;
  }

  /** How many images and copies there are, for metrics. */
  public Fleet fleet() {
    return fleet;
  }

  /** Which names were looked at. */
  public NameLooks looks() {
    return looks;
  }

  /** For the source of the states. */
  public CatalogWriter writer() {
    return writer;
  }

  /** Totals; scans whole indexes, so for people and not for every request. */
  public Totals totals() {
    return store.read(TotalsQuery::run);
  }

  /** The same totals for each mode, plain first. */
  public List<Totals.OfMode> totalsByMode() {
    return store.read(TotalsQuery::byMode);
  }

  /** Kafka's append time of the current record of a state topic's key, in milliseconds. */
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

  /**
   * Calls the listener with each record that changed something, after it is stored, on the thread
   * that applied it; not for entries that a rebuild drops. The listener must be quick.
   */
  public CatalogSubscription onChange(Consumer<CatalogRecord> listener) {
    return changes.add(listener);
  }

  /**
   * Calls the listener after each rebuild, once missing entries are dropped, on the thread that fed
   * the catalog: events about these may have been lost too. The listener must be quick and throw
   * nothing.
   */
  public CatalogSubscription onRebuilt(Runnable listener) {
    return changes.addRebuild(listener);
  }

  /**
   * Number of the last rebuild, unless the reader has acknowledged it: dropped entries may be
   * missing work, which the file records until the reader records it elsewhere.
   */
  public Optional<Long> rebuildUnknownTo(String reader) {
    return store.read(session -> Positions.rebuildUnknownTo(session, reader));
  }

  /** Acknowledges a rebuild for the reader. */
  public void noteRebuild(String reader, long rebuild) {
    store.write(
        session -> {
          Positions.noteRebuild(session, reader, rebuild);
          return true;
        });
  }

  /**
   * Repeats the look at every change until it finds something.
   *
   * @return the result; empty when the time is over
   */
  public <T> Optional<T> await(Supplier<Optional<T>> look, Duration timeout)
      throws InterruptedException {
    return changes.await(look, timeout);
  }

  /** Whether it was ever seen complete, and is not being rebuilt. */
  public boolean isWhole() {
    return store.read(
        session -> Positions.completeAt(session).isPresent() && !Positions.rebuilding(session));
  }

  /**
   * When the catalog was first complete since it was last read from the beginning; empty while that
   * goes on.
   */
  public Optional<Instant> filledAt() {
    return store.read(Positions::filledAt);
  }

  /** When the catalog was last seen complete; empty if never. */
  public Optional<Instant> completeAt() {
    return store.read(Positions::completeAt);
  }

  @Override
  public void close() {
    store.close();
  }
}
