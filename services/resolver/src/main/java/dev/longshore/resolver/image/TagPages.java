package dev.longshore.resolver.image;

import dev.longshore.catalog.Catalog;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.IntStream;
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
  private final Function<Tag, List<String>> names;

  /**
   * @param names under which a tag of the source is served: itself, or with a suffix, or not at all
   */
  TagPages(Catalog catalog, RepositoryName repository, Function<Tag, List<String>> names) {
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
      beginningsOf(after).forEach(tag -> add(tag, after, ready));
    }
    @Nullable Tag last = after == null ? null : new Tag(after);
    boolean more = limit > 0;
    while (more) {
      List<Tag> step = catalog.served().tags(repository, last, STEP);
      for (Tag tag : step) {
        last = tag;
        move(ready, tag.text(), page, limit);
        add(tag, after, ready);
      }
      more = step.size() == STEP && page.size() < limit;
    }
    move(ready, null, page, limit);
    return page;
  }

  /** Tags that are a prefix of the previous page's last tag: their suffixed ones may follow it. */
  private static List<Tag> beginningsOf(String after) {
    return IntStream.rangeClosed(1, after.length())
        .mapToObj(length -> new Tag(after.substring(0, length)))
        .toList();
  }

  private void add(Tag tag, @Nullable String after, NavigableSet<String> ready) {
    for (String name : names.apply(tag)) {
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
