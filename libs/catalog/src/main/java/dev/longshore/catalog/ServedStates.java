package dev.longshore.catalog;

import dev.longshore.events.ServedState;
import dev.longshore.events.TagState;
import dev.longshore.events.Topic;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What names were last recorded to show. */
public final class ServedStates {
  private final Store store;

  ServedStates(Store store) {
    this.store = store;
  }

  /** What a tag shows. */
  public Optional<ServedState> of(RepositoryName name, Tag tag) {
    return byKey(TagState.key(name, tag));
  }

  /** What a name shows, by {@link TagState#key}. */
  public Optional<ServedState> byKey(String key) {
    return StateTable.SERVED.byKey(store, key);
  }

  /**
   * Tags of a repository that its source still has or that show something, in order of code points.
   */
  public List<Tag> tags(RepositoryName name, @Nullable Tag afterTag, int limit) {
    String first = TagState.key(name, new Tag(""));
    return store.read(
        session ->
            session.list(
                """
                SELECT tag FROM (SELECT tag FROM tags WHERE registry = ?1 AND repository = ?2
                  AND deleted = 0 AND tag > ?3 ORDER BY tag LIMIT ?4)
                UNION SELECT tag FROM (SELECT substr(key, length(?5) + 1) AS tag FROM served
                  WHERE key > ?5 || ?3 AND key < ?6 AND removed = 0 ORDER BY key LIMIT ?4)
                ORDER BY tag LIMIT ?4\
                """,
                row -> new Tag(row.getString(1)),
                name.registry(),
                name.repository(),
                afterTag == null ? "" : afterTag,
                limit,
                first,
                Repositories.endOfTags(name)));
  }

  /** Keys of names that show nothing since this time or longer, in their order. */
  public List<String> removedSince(Instant time, @Nullable String afterKey, int limit) {
    return store.read(
        session ->
            session.list(
                "SELECT key FROM served WHERE removed = 1 AND key > ? AND changed_at <= ?"
                    + " ORDER BY key LIMIT ?",
                row -> row.getString(1),
                afterKey == null ? "" : afterKey,
                time.toEpochMilli(),
                limit));
  }

  /** Up to where the topic was read; empty while it is not known which topic that is. */
  public Optional<ServedPlace> place() {
    return store.read(
        session -> {
          String topic = Positions.topicIds(session).get(Topic.SERVED);
          if (topic == null) {
            return Optional.empty();
          }
          Map<Partition, Long> positions = Positions.all(session);
          return Optional.of(
              new ServedPlace(
                  topic,
                  IntStream.range(0, Topic.PARTITIONS)
                      .mapToObj(n -> positions.getOrDefault(new Partition(Topic.SERVED, n), 0L))
                      .toList()));
        });
  }

  /** What names of a partition have been recorded to show from this offset on, in that order. */
  public List<Placed<ServedState>> since(int partition, long offset, int limit) {
    return StateTable.SERVED.placed(
        store, "partition = ? AND offset >= ? ORDER BY offset LIMIT ?", partition, offset, limit);
  }

  /** Any names, by key. */
  public List<Placed<ServedState>> page(@Nullable String afterKey, int limit) {
    return StateTable.SERVED.placed(
        store, "key > ? ORDER BY key LIMIT ?", afterKey == null ? "" : afterKey, limit);
  }

  /** Names of a repository, by key. */
  public List<Placed<ServedState>> ofRepository(
      RepositoryName name, @Nullable String afterKey, int limit) {
    return StateTable.SERVED.placed(
        store,
        "key > ? AND key < ? ORDER BY key LIMIT ?",
        afterKey == null ? Repositories.firstKey(name) : afterKey,
        Repositories.endKey(name),
        limit);
  }

  /** Where the records of {@link #ofRepository} stand, without reading them. */
  public List<RecordPlace> placesOfRepository(
      RepositoryName name, @Nullable String afterKey, int limit) {
    return store.read(
        session ->
            session.list(
                "SELECT key, partition, offset FROM served"
                    + " WHERE key > ? AND key < ? ORDER BY key LIMIT ?",
                row -> new RecordPlace(row.getString(1), row.getInt(2), row.getLong(3)),
                afterKey == null ? Repositories.firstKey(name) : afterKey,
                Repositories.endKey(name),
                limit));
  }

  /**
   * Changes with each record of a digest of the repository that has no tag; empty if there is none.
   * Reads their places.
   */
  public Optional<String> stateOfDigests(RepositoryName name) {
    return store
        .read(
            session ->
                session.first(
                    "SELECT COUNT(*), SUM(offset), MAX(offset) FROM served"
                        + " WHERE key > ? AND key < ?",
                    row ->
                        row.getLong(1) == 0
                            ? Optional.<String>empty()
                            : Optional.of(
                                row.getLong(1) + "/" + row.getLong(2) + "/" + row.getLong(3)),
                    name + "@",
                    Repositories.endKey(name)))
        .flatMap(state -> state);
  }

  /** Comes after the keys of all names of the repository, and before those of the next one. */
  public static String endOf(RepositoryName name) {
    return Repositories.endKey(name);
  }
}
