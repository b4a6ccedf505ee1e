package dev.longshore.resolver.hub;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.Placed;
import dev.longshore.catalog.RecordPlace;
import dev.longshore.catalog.ServedStates;
import dev.longshore.events.ServedState;
import dev.longshore.model.RepositoryName;
import dev.longshore.resolver.hub.settings.SiteRuleSettings;
import dev.longshore.sites.ChangeLine;
import dev.longshore.sites.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All names that a site's rules name, by key. Changes made meanwhile come with the first delta from
 * its cursor, which says where the topic stood when the snapshot began.
 */
final class Snapshot implements Steps {
  /** Records read at once: 200 KB. */
  private static final int PAGE = 100;

  private final Catalog catalog;
  private final SiteRules rules;
  private final SiteLines lines;
  private Cursor reached;
  private @Nullable String at;
  private boolean ended;

  /** The referrers in the last page's repository, by {@link SiteLines#state}. */
  private String referrers = "";

  /** The repository of the last page; its newest tags if a rule wants only these. */
  private @Nullable RepositoryName within;

  private Set<String> newest = Set.of();

  /**
   * @param from the topic's position at its beginning, and the last key that the site has
   */
  Snapshot(Catalog catalog, SiteRules rules, SiteLines lines, Cursor from) {
    this.catalog = catalog;
    this.rules = rules;
    this.lines = lines;
    this.reached = from;
    this.at = from.key();
  }

  @Override
  public Kind kind() {
    return Kind.SNAPSHOT;
  }

  @Override
  public @Nullable CursorStep next() throws IOException {
    while (!ended) {
      RepositoryName repository = within;
      if (repository == null) {
        List<Placed<ServedState>> first = catalog.served().page(at, 1);
        if (first.isEmpty()) {
          ended = true;
          reached = reached.after(null);
          return new CursorStep(List.of(), reached);
        }
        enter(first.getFirst().state().name());
        continue;
      }
      CursorStep known = known(repository);
      if (known != null) {
        if (!known.lines().isEmpty()) {
          return known;
        }
        continue;
      }
      List<Placed<ServedState>> page = catalog.served().ofRepository(repository, at, PAGE);
      if (page.isEmpty()) {
        // No other repository's keys lie in between.
        at = ServedStates.endOf(repository);
        within = null;
        continue;
      }
      CursorStep step = step(page);
      at = page.getLast().state().key();
      if (!step.lines().isEmpty()) {
        return step;
      }
    }
    return null;
  }

  private void enter(RepositoryName repository) {
    if (!rules.mayName(repository)) {
      at = ServedStates.endOf(repository);
      return;
    }
    within = repository;
    referrers = lines.state(repository);
    newest =
        rules.asksForNewest(repository)
            ? Newest.of(catalog, rules, repository, null).now()
            : Set.of();
  }

  /** The next page, if all its lines are cached. */
  private @Nullable CursorStep known(RepositoryName repository) {
    if (rules.asksForNewest(repository)) {
      // Which ones are sent depends on the others.
      return null;
    }
    List<RecordPlace> places = catalog.served().placesOfRepository(repository, at, PAGE);
    Optional<List<byte[]>> known = lines.known(reached.topic(), rules, places, referrers);
    if (places.isEmpty() || known.isEmpty()) {
      return null;
    }
    at = places.getLast().key();
    pass(at);
    return new CursorStep(known.get(), reached);
  }

  private void pass(String key) {
    if (key.length() <= Cursor.LONGEST_KEY) {
      reached = reached.after(key);
    }
  }

  private CursorStep step(List<Placed<ServedState>> page) throws IOException {
    List<byte[]> told = new ArrayList<>();
    for (Placed<ServedState> placed : page) {
      ServedState served = placed.state();
      Optional<SiteRuleSettings> rule = rules.of(served);
      if (rule.isPresent() && isTold(served, rule.get())) {
        told.add(lines.line(reached.topic(), rules, placed, rule.get(), referrers));
      } else if (Delta.isForgotten(catalog, rules, served)) {
        told.add(SiteLines.write(ChangeLine.of(SiteView.forgotten(served))));
      } else if (rule.isEmpty()) {
        lines.untold(reached.topic(), rules, placed, referrers);
      }
    }
    pass(page.getLast().state().key());
    return new CursorStep(told, reached);
  }

  /** A removed name is sent with the reason: a forgotten image has to go at once. */
  private boolean isTold(ServedState served, SiteRuleSettings rule) {
    return rule.newest() == null || served.removed() != null || newest.contains(served.key());
  }
}
