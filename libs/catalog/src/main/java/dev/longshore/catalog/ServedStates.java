package dev.longshore.catalog;

import dev.longshore.events.ServedState;
import dev.longshore.events.TagState;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
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
}
