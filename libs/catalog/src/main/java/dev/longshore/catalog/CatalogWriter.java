package dev.longshore.catalog;

import dev.longshore.events.Topic;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Stores the records of a {@link CatalogSource}, and its positions. */
public final class CatalogWriter {
  private final Store store;
  private final ChangeListeners changes;
  private final NameLooks looks;
  private final Clock clock;
  private final StoredAhead ahead = new StoredAhead();

  CatalogWriter(Store store, ChangeListeners changes, NameLooks looks, Clock clock) {
    this.store = store;
    this.changes = changes;
    this.looks = looks;
    this.clock = clock;
  }

  /**
   * Stores records that this process has committed to Kafka, before its source brings them again. A
   * record older than the stored one changes nothing.
   *
   * @param beginnings {@link #beginnings} before they were committed
   */
  public void apply(List<CatalogRecord> records, long beginnings) {
    apply(new Batch(records, Map.of()));
    ahead.add(records, beginnings);
  }

  /** The same, of records that are committed while nothing begins. */
  public void apply(List<CatalogRecord> records) {
    apply(records, beginnings());
  }

  /** How often the source has begun to read. */
  public long beginnings() {
    return ahead.beginnings();
  }

  /**
   * The source begins to read: an offset of what was stored before may be another record's by now,
   * as after Kafka lost its end of a topic.
   */
  public void begin() {
    ahead.begin();
  }

  /** The given positions, or the ends of what was stored ahead of them. */
  public Map<Partition, Long> known(Map<Partition, Long> positions) {
    Map<Partition, Long> known = new HashMap<>(positions);
    ahead.ends().forEach((partition, end) -> known.merge(partition, end, Math::max));
    return known;
  }

  /** Whether the record was stored before its source came to it, and need not be read again. */
  public boolean has(Partition partition, long offset) {
    return ahead.has(partition, offset);
  }

  /** Stores a source's records, and its positions. */
  public void apply(Batch batch) {
    changes.tell(store.write(session -> new BatchWriter(session, looks).apply(batch)));
    ahead.passed(batch.positions());
  }

  /** The next offset to read of each known partition. */
  public Map<Partition, Long> positions() {
    return store.read(Positions::all);
  }

  /** Ids of the topics that the positions belong to. */
  public Map<Topic, String> topicIds() {
    return store.read(Positions::topicIds);
  }

  /** Stores the ids of the topics that the positions belong to. */
  public void topicIds(Map<Topic, String> ids) {
    store.write(
        session -> {
          Positions.topicIds(session, ids);
          return true;
        });
  }

  /**
   * Starts a rebuild: drops positions, keeps entries visible, and the next {@link #complete} drops
   * entries that did not come again.
   *
   * @param newTopics whether these are other topics, whose offsets cannot be compared with the
   *     stored ones
   */
  public void startAgain(boolean newTopics) {
    store.write(
        session -> {
          Positions.startAgain(session, clock.instant(), newTopics);
          looks.endAll(session);
          ahead.begin();
          return true;
        });
  }

  /**
   * Makes queries other than by key fast although not everything is here: the source is away for an
   * unknown time.
   */
  public void prepareToServe() {
    store.write(
        session -> {
          Schema.index(session);
          return true;
        });
  }

  /** Records that everything the source held at the instant is here. */
  public void complete(Instant at) {
    boolean rebuilt = store.write(session -> complete(session, at));
    if (rebuilt) {
      changes.tellOfRebuild();
    }
  }

  /** Returns whether deletions may have been missed. */
  private boolean complete(Session session, Instant at) throws SQLException {
    boolean lookAgain = Positions.rebuilding(session);
    if (lookAgain) {
      BatchWriter.dropEarlier(session);
      looks.endAll(session);
    }
    if (Positions.completeAt(session).isEmpty()) {
      Schema.index(session);
      lookAgain |= Repositories.hasImagesNotShown(session);
    }
    WorkFailures.forget(session, at);
    Positions.complete(session, at, lookAgain);
    return lookAgain;
  }

  /**
   * Whether the source may have dropped unread deletions, because the last complete look is {@link
   * Catalog#DELETIONS_KEPT} or longer ago: the source must start again.
   */
  public boolean isTooOld() {
    Duration behind = store.read(session -> Positions.behind(session, clock.instant()));
    return behind.compareTo(Catalog.DELETIONS_KEPT) >= 0;
  }
}
