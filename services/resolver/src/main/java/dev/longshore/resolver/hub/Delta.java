package dev.longshore.resolver.hub;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.Placed;
import dev.longshore.events.ServedState;
import dev.longshore.model.RepositoryName;
import dev.longshore.resolver.hub.settings.SiteRuleSettings;
import dev.longshore.sites.ChangeLine;
import dev.longshore.sites.Kind;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What changed since a site's cursor, partition by partition. */
final class Delta implements Steps {
  /** Records read at once: 200 KB. */
  private static final int PAGE = 100;

  private final Catalog catalog;
  private final SiteRules rules;
  private final SiteLines lines;
  private final Cursor from;
  private final Cursor to;
  private Cursor reached;
  private int partition;
  private final Queue<Placed<ServedState>> page = new ArrayDeque<>();
  private final Set<RepositoryName> told = new HashSet<>();
  private final Set<String> toldAgain = new HashSet<>();
  private final Map<RepositoryName, String> referrers = new HashMap<>();
  private boolean ahead;

  /**
   * @param from what the site has
   * @param to where the topic stands: no later record is sent, as an earlier one may be missing
   */
  Delta(Catalog catalog, SiteRules rules, SiteLines lines, Cursor from, Cursor to) {
    this.catalog = catalog;
    this.rules = rules;
    this.lines = lines;
    this.from = from;
    this.to = to;
    this.reached = from;
  }

  @Override
  public Kind kind() {
    return Kind.DELTA;
  }

  /** Whether this process wrote records that its catalog is about to read: sent in a moment. */
  boolean isAhead() {
    return ahead;
  }

  @Override
  public @Nullable CursorStep next() throws IOException {
    while (partition < to.offsets().size()) {
      Placed<ServedState> placed = page.poll();
      if (placed == null && !read()) {
        // All of this partition up to where it was read is sent, and nothing after.
        pass(Math.max(reached.offsets().get(partition), to.offsets().get(partition)));
        partition++;
      } else if (placed != null) {
        List<byte[]> told = lines(placed);
        pass(placed.offset() + 1);
        if (!told.isEmpty()) {
          return new CursorStep(told, reached);
        }
      }
    }
    if (partition == to.offsets().size()) {
      partition++;
      reached = to;
      return new CursorStep(List.of(), to);
    }
    return null;
  }

  private void pass(long offset) {
    reached = reached.with(partition, offset);
  }

  private boolean read() {
    long end = to.offsets().get(partition);
    for (Placed<ServedState> placed :
        catalog.served().since(partition, reached.offsets().get(partition), PAGE)) {
      if (placed.offset() < end) {
        page.add(placed);
      } else {
        ahead |= rules.mayTell(placed.state());
      }
    }
    return !page.isEmpty();
  }

  private List<byte[]> lines(Placed<ServedState> placed) throws IOException {
    ServedState served = placed.state();
    Optional<SiteRuleSettings> rule = rules.of(served);
    if (rule.isEmpty()) {
      return ofDigest(served);
    }
    if (rule.get().newest() == null) {
      return List.of(lines.line(from.topic(), rules, placed, rule.get(), state(served.name())));
    }
    return told.add(served.name()) ? newest(served.name()) : List.of();
  }

  /** Lines for a digest without a tag. */
  private List<byte[]> ofDigest(ServedState served) throws IOException {
    List<byte[]> told = new ArrayList<>();
    if (isForgotten(catalog, rules, served)) {
      told.add(SiteLines.write(ChangeLine.of(SiteView.forgotten(served))));
    }
    if (rules.mayFollow(served)) {
      told.addAll(namesOver(served));
    }
    return told;
  }

  /**
   * Whether sites must drop it at once. The decision may have been undone, with the record about to
   * end, or be read after the record, which is sent only now.
   */
  static boolean isForgotten(Catalog catalog, SiteRules rules, ServedState served) {
    return rules.mayHaveForgotten(served) && !catalog.decisions().isForgetUndone(served.digest());
  }

  /** The repository's referrers, at least those read before this began. */
  private String state(RepositoryName repository) {
    return referrers.computeIfAbsent(repository, lines::state);
  }

  /** Names that this referrer follows, each once, to be sent again with all their referrers. */
  private List<byte[]> namesOver(ServedState referrer) throws IOException {
    List<byte[]> again = new ArrayList<>();
    for (String key : lines.namesOver(referrer)) {
      Optional<ServedState> name = catalog.served().byKey(key);
      Optional<SiteRuleSettings> rule = name.flatMap(rules::of);
      if (rule.isEmpty()
          || name.orElseThrow().removed() != null
          || toldAgain.contains(key)
          || !isAmongTheNewest(name.orElseThrow(), rule.get())) {
        continue;
      }
      Optional<byte[]> line = lines.lineOver(referrer, name.orElseThrow(), rule.get());
      if (line.isPresent()) {
        toldAgain.add(key);
        again.add(line.get());
      }
    }
    return again;
  }

  private boolean isAmongTheNewest(ServedState name, SiteRuleSettings rule) {
    return rule.newest() == null
        || Newest.of(catalog, rules, name.name(), null).now().contains(name.key());
  }

  /** The newest tags of a repository, and others that the site may still have. */
  private List<byte[]> newest(RepositoryName repository) throws IOException {
    Newest newest = Newest.of(catalog, rules, repository, from);
    Set<String> keys = new TreeSet<>(newest.now());
    keys.addAll(newest.before());
    List<byte[]> told = new ArrayList<>();
    for (String key : keys) {
      Optional<ServedState> served = catalog.served().byKey(key);
      Optional<SiteRuleSettings> rule = served.flatMap(rules::of);
      boolean stays =
          rule.isPresent()
              && (newest.now().contains(key) || served.orElseThrow().removed() != null);
      told.add(
          stays
              ? lines.line(served.orElseThrow(), rule.orElseThrow())
              : SiteLines.write(ChangeLine.ofDropped(key)));
    }
    return told;
  }
}
