package dev.longshore.watcher.sender;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a notification reports.
 *
 * @param changes of images; none if it is about something else
 * @param problem what of it was not understood: of several events, some may be
 * @param repository the repository of a CNCF registry's first event, whatever that is about; null
 *     if it has none
 */
public record ParsedNotification(
    List<NotifiedChange> changes,
    Optional<NotUnderstoodException> problem,
    @Nullable String repository) {
  private static final int SHOWN = 3;

  public ParsedNotification {
    changes = List.copyOf(changes);
  }

  /** The first images of the changes. */
  public List<String> images() {
    return changes.stream()
        .filter(change -> !change.isOfWholeRepository())
        .limit(SHOWN)
        .map(NotifiedChange::image)
        .toList();
  }

  /** For people. */
  public String text() {
    String read =
        changes.stream().limit(SHOWN).map(NotifiedChange::text).collect(Collectors.joining(", "))
            + (changes.size() > SHOWN ? " and " + (changes.size() - SHOWN) + " more" : "");
    String wrong = problem.map(NotUnderstoodException::problem).orElse("");
    if (read.isEmpty()) {
      return wrong.isEmpty() ? "nothing about a push or deletion" : wrong;
    }
    return wrong.isEmpty() ? read : read + "; and not understood: " + wrong;
  }
}
