package dev.longshore.catalog;

import dev.longshore.events.BlobState;
import dev.longshore.events.CopiesState;
import dev.longshore.events.CopyPhase;
import dev.longshore.events.DecisionState;
import dev.longshore.events.EventJson;
import dev.longshore.events.Evidence;
import dev.longshore.events.ImageState;
import dev.longshore.events.MalformedEventException;
import dev.longshore.events.PeerState;
import dev.longshore.events.PinPhase;
import dev.longshore.events.PinState;
import dev.longshore.events.PullState;
import dev.longshore.events.ServedState;
import dev.longshore.events.State;
import dev.longshore.events.TagState;
import dev.longshore.events.Topic;
import dev.longshore.model.Digest;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The table of one state topic: one row per key, with the record as JSON and indexed columns.
 *
 * @param <S> type of its records
 */
final class StateTable<S extends State> {
  private static final List<String> COMMON =
      List.of("key", "partition", "offset", "generation", "appended_at", "body", "traceparent");

  static final StateTable<TagState> TAGS =
      new StateTable<>(
          Topic.TAGS,
          TagState.class,
          List.of(
              new Column<>("registry", "TEXT", t -> t.name().registry()),
              new Column<>("repository", "TEXT", t -> t.name().repository()),
              new Column<>("tag", "TEXT", TagState::tag),
              new Column<>("digest", "TEXT", TagState::digest),
              new Column<>("deleted", "INTEGER", t -> t.deleted() ? 1 : 0)));

  static final StateTable<ImageState> IMAGES =
      new StateTable<>(
          Topic.IMAGES,
          ImageState.class,
          List.of(
              new Column<>("digest", "TEXT", ImageState::digest),
              new Column<>("image_dag", "TEXT", ImageState::imageDag),
              new Column<>("root", "TEXT", ImageState::root),
              new Column<>("mode", "TEXT", ImageState::mode),
              new Column<>("bytes", "INTEGER", ImageState::bytes),
              new Column<>("incomplete", "INTEGER", i -> i.missing().isEmpty() ? 0 : 1),
              new Column<>("subject", "TEXT", ImageState::subject),
              new Column<>("own_digest", "TEXT", ImageState::ownDigest),
              new Column<>("place", "TEXT", ImageState::name),
              new Column<>("children", "TEXT", StateTable::children),
              new Column<>("shown", "INTEGER", i -> i.evidence() == null ? 0 : 1),
              new Column<>("asked", "INTEGER", i -> i.evidence() == Evidence.ASKED ? 1 : 0)));

  static final StateTable<BlobState> BLOBS =
      new StateTable<>(Topic.BLOBS, BlobState.class, List.of());

  static final StateTable<PinState> PINS =
      new StateTable<>(
          Topic.PINS,
          PinState.class,
          List.of(
              new Column<>("wanted", "INTEGER", PinState::wanted),
              new Column<>("verified", "INTEGER", PinState::verified),
              new Column<>("unfinished", "INTEGER", p -> p.isFinished() ? 0 : 1),
              new Column<>("phase", "TEXT", p -> phase(p).name()),
              new Column<>("least", "INTEGER", StateTable::least),
              new Column<>("short_since", "INTEGER", p -> millis(shortSince(p))),
              new Column<>("stood", "INTEGER", p -> p.wasVerified() ? 1 : 0),
              new Column<>("whole_once", "INTEGER", p -> p.allVerifiedAt() == null ? 0 : 1),
              new Column<>("changed_at", "INTEGER", p -> p.changedAt().toEpochMilli())));

  static final StateTable<CopiesState> COPIES =
      new StateTable<>(
          Topic.COPIES,
          CopiesState.class,
          List.of(
              new Column<>("next_try", "INTEGER", StateTable::nextTry),
              new Column<>("moving", "INTEGER", c -> isMoving(c) ? 1 : 0)));

  static final StateTable<PeerState> PEERS =
      new StateTable<>(Topic.PEERS, PeerState.class, List.of());

  static final StateTable<DecisionState> DECISIONS =
      new StateTable<>(
          Topic.DECISIONS,
          DecisionState.class,
          List.of(
              new Column<>("kind", "TEXT", d -> d.decision().map(Decisions::kind).orElse(null)),
              new Column<>("until", "INTEGER", d -> millis(d.until())),
              new Column<>("undone", "INTEGER", d -> d.undone() == null ? 0 : 1)));

  static final StateTable<ServedState> SERVED =
      new StateTable<>(
          Topic.SERVED,
          ServedState.class,
          List.of(
              new Column<>("removed", "INTEGER", s -> s.removed() == null ? 0 : 1),
              new Column<>("changed_at", "INTEGER", s -> s.changedAt().toEpochMilli())));

  static final StateTable<PullState> PULLS =
      new StateTable<>(
          Topic.PULLS,
          PullState.class,
          List.of(
              new Column<>("digest", "TEXT", PullState::digest),
              new Column<>("pulled_at", "INTEGER", p -> p.pulledAt().toEpochMilli())));

  static final List<StateTable<?>> ALL =
      List.of(TAGS, IMAGES, BLOBS, PINS, PEERS, DECISIONS, COPIES, SERVED, PULLS);

  private final Topic topic;
  private final Class<S> recordClass;
  private final List<Column<S>> columns;
  private final String upsert;

  private StateTable(Topic topic, Class<S> recordClass, List<Column<S>> columns) {
    this.topic = topic;
    this.recordClass = recordClass;
    this.columns = columns;
    this.upsert = upsertSql();
  }

  /** The indexed columns of a table. */
  private record Column<S>(String name, String type, Function<S, @Nullable Object> value) {}

  static StateTable<?> of(Topic topic) {
    return ALL.stream()
        .filter(t -> t.topic == topic)
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "topic: " + topic + " (expected: one that the catalog keeps)"));
  }

  /** Of what the first releases recorded, all was kept. */
  private static PinPhase phase(PinState pin) {
    return pin.state() == null ? PinPhase.KEPT : pin.state();
  }

  /** Since when it has fewer copies than it is to have; none if it has them. */
  private static @Nullable Instant shortSince(PinState pin) {
    if (pin.verified() >= pin.wanted()) {
      return null;
    }
    boolean never = pin.allVerifiedAt() == null && pin.stateSince() != null;
    return never ? pin.stateSince() : pin.changedAt();
  }

  /** When the first of the copies is attended to again. */
  private static @Nullable Object nextTry(CopiesState copies) {
    return copies.copies().stream()
        .map(CopiesState.Copy::nextTryAt)
        .filter(Objects::nonNull)
        .min(Comparator.naturalOrder())
        .map(Instant::toEpochMilli)
        .orElse(null);
  }

  /** The first releases recorded no least number. */
  private static Object least(PinState pin) {
    return Math.min(pin.wanted(), pin.min() == null ? 1 : pin.min());
  }

  /** Whether bytes of one of the copies come, or are looked at: one that gets none is stalled. */
  private static boolean isMoving(CopiesState copies) {
    return copies.copies().stream()
        .anyMatch(copy -> copy.state() == CopyPhase.COPYING || copy.state() == CopyPhase.VERIFYING);
  }

  /** What an index names, by spaces; {@link Repositories#UNREAD} if that is not recorded. */
  private static @Nullable Object children(ImageState image) {
    if (image.children() != null && image.children().isEmpty()) {
      return Repositories.NOTHING;
    }
    if (image.children() != null) {
      return image.children().stream().map(Digest::toString).collect(Collectors.joining(" "));
    }
    return Repositories.isIndex(image.mediaType()) ? Repositories.UNREAD : null;
  }

  Topic topic() {
    return topic;
  }

  String name() {
    return topic.name("");
  }

  String createSql() {
    return "CREATE TABLE "
        + name()
        + " (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, partition INTEGER NOT NULL,"
        + " offset INTEGER NOT NULL, generation INTEGER NOT NULL, appended_at INTEGER NOT NULL,"
        + " body BLOB NOT NULL, traceparent TEXT"
        + columns.stream().map(c -> ", " + c.name() + " " + c.type()).collect(Collectors.joining())
        + ")";
  }

  private String upsertSql() {
    List<String> names = new ArrayList<>(COMMON);
    columns.forEach(c -> names.add(c.name()));
    return "INSERT INTO "
        + name()
        + " ("
        + String.join(", ", names)
        + ") VALUES ("
        + names.stream().map(n -> "?").collect(Collectors.joining(", "))
        + ") ON CONFLICT (key) DO UPDATE SET "
        + names.stream().map(n -> n + " = excluded." + n).collect(Collectors.joining(", "))
        + " WHERE excluded.offset > offset";
  }

  /** Stores the record unless its row is newer; returns whether it did. */
  boolean put(Session session, CatalogRecord record, long generation) throws SQLException {
    S state = recordClass.cast(Objects.requireNonNull(record.value(), "a record that deletes"));
    List<@Nullable Object> values = new ArrayList<>();
    values.add(record.key());
    values.add(record.partition());
    values.add(record.offset());
    values.add(generation);
    values.add(record.appendedAt().toEpochMilli());
    values.add(json(state));
    values.add(record.traceparent());
    columns.forEach(c -> values.add(c.value().apply(state)));
    return session.update(upsert, values.toArray()) > 0;
  }

  /** Marks the row as met by a rebuild, which must not drop it. */
  void touch(Session session, String key, long generation) throws SQLException {
    session.update(
        "UPDATE " + name() + " SET generation = ? WHERE key = ? AND generation < ?",
        generation,
        key,
        generation);
  }

  /** Removes the record's row unless it is newer; returns whether it did. */
  boolean remove(Session session, CatalogRecord record) throws SQLException {
    return session.update(
            "DELETE FROM " + name() + " WHERE key = ? AND offset < ?",
            record.key(),
            record.offset())
        > 0;
  }

  /** Reads column {@code body}. */
  private S read(ResultSet row) throws SQLException {
    try {
      return EventJson.readWritten(row.getBytes("body"), recordClass);
    } catch (MalformedEventException e) {
      throw new SQLException("table " + name() + ": " + e.getMessage(), e);
    }
  }

  Optional<S> byKey(Store store, String key) {
    return first(store, "key = ?", key);
  }

  /** The records with keys after this one, in key order. */
  List<S> page(Store store, @Nullable String afterKey, int limit) {
    return list(store, "key > ? ORDER BY key LIMIT ?", afterKey == null ? "" : afterKey, limit);
  }

  Optional<S> first(Store store, String where, Object... parameters) {
    return store.read(session -> session.first(select(where), this::read, parameters));
  }

  List<S> list(Store store, String where, Object... parameters) {
    return store.read(session -> session.list(select(where), this::read, parameters));
  }

  /** Records with their places in the topic. */
  List<Placed<S>> placed(Store store, String where, Object... parameters) {
    return store.read(
        session ->
            session.list(
                "SELECT body, partition, offset FROM " + name() + " WHERE " + where,
                row -> new Placed<>(read(row), row.getInt("partition"), row.getLong("offset")),
                parameters));
  }

  private String select(String where) {
    return "SELECT body FROM " + name() + " WHERE " + where;
  }

  private static @Nullable Long millis(@Nullable Instant at) {
    return at == null ? null : at.toEpochMilli();
  }

  static Instant appendedAt(ResultSet row) throws SQLException {
    return Instant.ofEpochMilli(row.getLong("appended_at"));
  }

  private static byte[] json(State state) throws SQLException {
    try {
      return EventJson.write(state);
    } catch (MalformedEventException e) {
      throw new SQLException(e.getMessage(), e);
    }
  }
}
