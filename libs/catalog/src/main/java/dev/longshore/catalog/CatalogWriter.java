package dev.longshore.catalog;

import dev.longshore.events.Topic;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Keeps what a {@link CatalogSource} brings, and how far that source got. */
public final class CatalogWriter {
  private final Store store;
  private final Changes changes;
  private final Clock clock;

  CatalogWriter(Store store, Changes changes, Clock clock) {
    this.store = store;
    this.changes = changes;
    this.clock = clock;
  }

  /**
   * Keeps records that this process has committed to Kafka, before its source brings them again. A
   * record that is older than what is kept changes nothing.
   */
  public void apply(List<CatalogRecord> records) {
    apply(new Batch(records, Map.of()));
  }

  /** Keeps what a source brought, and how far it got. */
  public void apply(Batch batch) {
    changes.tell(store.write(session -> new BatchWriter(session).apply(batch)));
  }

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
  public void prepareToServe() {
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
      BatchWriter.dropEarlier(session);
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
   * Whether deletions may have gone from the source unread, because the last complete look is
   * {@link Catalog#DELETIONS_KEPT} or longer ago: the source must start again.
   */
  public boolean isTooOld() {
    Duration behind = store.read(session -> Positions.behind(session, clock.instant()));
    return behind.compareTo(Catalog.DELETIONS_KEPT) >= 0;
  }
}
