package dev.longshore.app.query.find;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.served.Shown;
import dev.longshore.events.RemovalReason;
import dev.longshore.events.ServedState;
import dev.longshore.events.TagState;
import dev.longshore.model.Digest;
import dev.longshore.rules.Rules;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a name shows, as the pinner has recorded it.
 *
 * @param state the record; null if there is none
 * @param behind whether the pinner has still to record what the name shows now
 */
public record Shows(@Nullable ServedState state, boolean behind) {
  /** Of what is no name, or of none that the catalog knows. */
  public static final Shows NOTHING = new Shows(null, false);

  /** What a name of this key shows. */
  public static Shows of(Catalog catalog, Rules rules, String key) {
    Optional<TagState> name = catalog.tags().byKey(key);
    Optional<ServedState> last = catalog.served().byKey(key);
    Shown shown = new Shown(catalog, rules);
    boolean behind =
        name.filter(tag -> !shown.of(tag, last, () -> Instant.EPOCH).equals(last)).isPresent();
    return new Shows(last.orElse(null), behind);
  }

  /** Whether retention let go what it showed. */
  public boolean isReleased() {
    return state != null && state.removed() == RemovalReason.RELEASED;
  }

  /** For people, a line for each mode. */
  public List<String> lines(@Nullable Digest current) {
    List<String> lines = new ArrayList<>();
    if (state != null) {
      if (state.results().isEmpty()) {
        lines.add("nothing since %s%s".formatted(TimeText.text(state.changedAt()), why(state)));
      }
      state
          .results()
          .forEach(
              result ->
                  lines.add(
                      "%s since %s%s"
                          .formatted(
                              result.mode(),
                              TimeText.text(result.changedAt()),
                              Objects.equals(result.source(), current)
                                  ? ""
                                  : ", of an earlier version: " + Brief.digest(result.source()))));
    }
    return lines;
  }

  private static String why(ServedState state) {
    return state.removed() == null
        ? ""
        : ", because it was " + state.removed().name().toLowerCase(Locale.ROOT);
  }

  /** Adds the fields that say it to an answer. */
  public void fill(ObjectNode answer) {
    if (state == null) {
      return;
    }
    ArrayNode shows = answer.putArray("shows");
    state
        .results()
        .forEach(
            result ->
                shows
                    .addObject()
                    .put("mode", result.mode().text())
                    .put("source", result.source().toString())
                    .put("digest", result.digest().toString())
                    .put("imageDag", result.imageDag().toString())
                    .put("selected", result.imageDag().equals(state.selected()))
                    .put("changedAt", result.changedAt().toString()));
    if (state.removed() != null) {
      answer.put("removed", state.removed().name().toLowerCase(Locale.ROOT));
    }
  }
}
