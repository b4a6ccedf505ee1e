package dev.longshore.resolver.hub;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.Placed;
import dev.longshore.events.ServedState;
import dev.longshore.model.RepositoryName;
import dev.longshore.resolver.hub.settings.SiteRuleSettings;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The newest tags of a repository, for rules that want only these. A repository may have very many:
 * only the newest are kept.
 *
 * @param now keys that an up-to-date site has
 * @param before keys that the site may have had at an earlier cursor: those changed since, and the
 *     newest of the rest. Older ones were never among the newest, since all of these existed
 */
record Newest(SortedSet<String> now, SortedSet<String> before) {
  /** Records read at once: 200 KB. */
  private static final int PAGE = 100;

  private record Dated(Instant at, String key) {
    /** Oldest first; equal times by key. */
    static final Comparator<Dated> ORDER =
        Comparator.comparing(Dated::at).thenComparing(Dated::key);
  }

  /**
   * The newest tags of a repository.
   *
   * @param since the earlier cursor; null if the site has nothing
   */
  static Newest of(
      Catalog catalog, SiteRules rules, RepositoryName repository, @Nullable Cursor since) {
    Map<SiteRuleSettings, PriorityQueue<Dated>> now = new HashMap<>();
    Map<SiteRuleSettings, PriorityQueue<Dated>> unchanged = new HashMap<>();
    SortedSet<String> before = new TreeSet<>();
    List<Placed<ServedState>> page = List.of();
    do {
      page =
          catalog
              .served()
              .ofRepository(repository, page.isEmpty() ? null : page.getLast().state().key(), PAGE);
      for (Placed<ServedState> placed : page) {
        ServedState served = placed.state();
        Optional<SiteRuleSettings> rule = rules.of(served).filter(its -> its.newest() != null);
        if (rule.isEmpty()) {
          continue;
        }
        Optional<Instant> shown = SiteView.shownSince(served, rule.get());
        shown.ifPresent(at -> keep(now, rule.get(), new Dated(at, served.key())));
        if (since != null && placed.offset() >= since.offsets().get(placed.partition())) {
          before.add(served.key());
        } else if (since != null) {
          shown.ifPresent(at -> keep(unchanged, rule.get(), new Dated(at, served.key())));
        }
      }
    } while (page.size() == PAGE);
    before.addAll(keys(unchanged));
    return new Newest(keys(now), before);
  }

  private static void keep(
      Map<SiteRuleSettings, PriorityQueue<Dated>> all, SiteRuleSettings rule, Dated one) {
    PriorityQueue<Dated> newest = all.computeIfAbsent(rule, _ -> new PriorityQueue<>(Dated.ORDER));
    newest.add(one);
    if (newest.size() > Objects.requireNonNull(rule.newest())) {
      newest.remove();
    }
  }

  private static SortedSet<String> keys(Map<SiteRuleSettings, PriorityQueue<Dated>> all) {
    SortedSet<String> keys = new TreeSet<>();
    all.values().forEach(newest -> newest.forEach(dated -> keys.add(dated.key())));
    return keys;
  }
}
