package dev.longshore.resolver.image;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.TagState;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Lists tags in order of code points although some are served under two: a tag with a mode's suffix
 * comes after the tag itself, and others may come in between. A served tag never sorts before its
 * source's tag, so all below the next tag of the catalog are ready.
 */
final class TagPages {
  /** Tags examined in one step. */
  private static final int STEP = 500;

  private final Catalog catalog;
  private final RepositoryName repository;
  private final Function<TagState, List<String>> names;

  /**
   * @param names under which a tag of the source is served: itself, or with a suffix, or not at all
   */
  TagPages(Catalog catalog, RepositoryName repository, Function<TagState, List<String>> names) {
    this.catalog = catalog;
    this.repository = repository;
    this.names = names;
  }

  /**
   * Served tags.
   *
   * @param after the last tag of the previous page, or null
   */
  List<String> after(@Nullable String after, int limit) {
    var page = new ArrayList<String>();
    var ready = new TreeSet<String>();
    if (after != null) {
      beginningsOf(after).forEach(state -> add(state, after, ready));
    }
    @Nullable Tag last = after == null ? null : new Tag(after);
    boolean more = limit > 0;
    while (more) {
      List<TagState> step = step(last);
      for (TagState state : step) {
        last = state.tag();
        move(ready, last == null ? null : last.text(), page, limit);
        add(state, after, ready);
      }
      more = step.size() == STEP && page.size() < limit;
    }
    move(ready, null, page, limit);
    return page;
  }

  private List<TagState> step(@Nullable Tag last) {
    return catalog.tags().ofRepository(repository, last, STEP);
  }

  /** Tags that are a prefix of the previous page's last tag: their suffixed ones may follow it. */
  private List<TagState> beginningsOf(String after) {
    var found = new ArrayList<TagState>();
    for (int length = 1; length <= after.length(); length++) {
      Tag beginning = new Tag(after.substring(0, length));
      Optional<TagState> state =
          catalog.tags().of(repository, beginning).filter(tag -> !tag.deleted());
      state.ifPresent(found::add);
    }
    return found;
  }

  private void add(TagState state, @Nullable String after, NavigableSet<String> ready) {
    for (String name : names.apply(state)) {
      if (after == null || name.compareTo(after) > 0) {
        ready.add(name);
      }
    }
  }

  private static void move(
      NavigableSet<String> ready, @Nullable String below, List<String> page, int limit) {
    while (page.size() < limit
        && !ready.isEmpty()
        && (below == null || ready.first().compareTo(below) < 0)) {
      page.add(ready.removeFirst());
    }
  }
}
