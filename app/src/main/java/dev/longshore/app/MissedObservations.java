package dev.longshore.app;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.Repository;
import dev.longshore.catalog.Topic;
import dev.longshore.events.TagState;
import dev.longshore.runtime.kafka.StepHost;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** After a gap in topic {@code observed}: names whose digest was never converted are looked at. */
final class MissedObservations {
  private static final int PAGE = 500;
  private final Catalog catalog;
  private final StepHost converter;

  MissedObservations(Catalog catalog, StepHost converter) {
    this.catalog = catalog;
    this.converter = converter;
  }

  void lookAgain() {
    @Nullable Repository last = null;
    for (List<Repository> page = catalog.repositories(null, PAGE);
        !page.isEmpty();
        page = catalog.repositories(last, PAGE)) {
      page.forEach(this::lookAgain);
      last = page.getLast();
    }
  }

  private void lookAgain(Repository repository) {
    @Nullable String last = null;
    for (List<TagState> page = tags(repository, null);
        !page.isEmpty();
        page = tags(repository, last)) {
      for (TagState tag : page) {
        if (catalog.imagesOf(tag.digest()).isEmpty()) {
          converter.nudge(Topic.OBSERVED, tag.key());
        }
      }
      last = page.getLast().tag();
    }
  }

  private List<TagState> tags(Repository repository, @Nullable String after) {
    return catalog.tags(repository.registry(), repository.name(), after, PAGE);
  }
}
