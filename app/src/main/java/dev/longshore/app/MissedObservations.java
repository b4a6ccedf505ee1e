package dev.longshore.app;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.WorkFailure;
import dev.longshore.events.RemovalReason;
import dev.longshore.events.TagState;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Names of images observed but never converted, as after a gap in topic {@code observed}, or
 * converted by the first releases, which did not record the repository. Excludes permanent
 * failures, which would fail again.
 */
final class MissedObservations {
  private static final int PAGE = 500;
  private final Catalog catalog;

  MissedObservations(Catalog catalog) {
    this.catalog = catalog;
  }

  /** A key for each such digest of a repository: its tag, if it has one. */
  List<String> keys() {
    List<String> keys = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    @Nullable String last = null;
    List<TagState> page;
    do {
      page = catalog.tags().page(last, PAGE);
      for (TagState name : page) {
        // Tags come before the bare digests of the same repository.
        if (isMissed(name) && seen.add(TagState.key(name.name(), name.digest()))) {
          keys.add(name.key());
        }
        last = name.key();
      }
    } while (page.size() == PAGE);
    return keys;
  }

  private boolean isMissed(TagState name) {
    return !name.deleted()
        && catalog.conversions().forRepository(name.name(), name.digest()).stream()
            .allMatch(image -> image.evidence() == null)
        && !failed(name)
        && !released(name);
  }

  /** Retention let it go: it is to be converted when a tag wants it again. */
  private boolean released(TagState name) {
    return catalog
        .served()
        .byKey(name.key())
        .filter(shown -> shown.removed() == RemovalReason.RELEASED)
        .filter(shown -> shown.digest().equals(name.digest()))
        .isPresent();
  }

  private boolean failed(TagState name) {
    return catalog.failures().of(name.key()).stream()
        .filter(trouble -> trouble.kind() == WorkFailure.Kind.PERMANENT)
        .anyMatch(trouble -> trouble.at().isAfter(name.observedAt()));
  }
}
