package dev.longshore.resolver.site;

import dev.longshore.catalog.served.ServedModes;
import dev.longshore.events.ServedState;
import dev.longshore.events.ServedState.Result;
import dev.longshore.events.TagState;
import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.model.Mode;
import dev.longshore.model.ModeName;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import dev.longshore.resolver.image.ResolvedContent;
import dev.longshore.resolver.name.Selector;
import dev.longshore.resolver.registry.PullObserver;
import dev.longshore.resolver.site.SiteStore.Value;
import dev.longshore.resolver.store.LocalFileException;
import dev.longshore.rules.Rules;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Maps requests to image DAGs, and records requests in the store. */
final class RequestTargets implements PullObserver {
  private static final Logger LOG = LoggerFactory.getLogger(RequestTargets.class);

  /** Precision of recorded pull times: images are kept for days. */
  private static final Duration NOTED_EVERY = Duration.ofHours(1);

  private static final int REMEMBERED = 1_000;

  private final SiteStore store;
  private final SiteClock clock;
  private final ServedNames names;
  private final Supplier<Rules> rules;

  /** When a pull of it was last recorded. */
  private final Map<ImageDag, Instant> noted =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<ImageDag, Instant> eldest) {
          return size() > REMEMBERED;
        }
      };

  /**
   * @param rules this machine's rules, which say under which tags modes are served
   */
  RequestTargets(SiteStore store, SiteClock clock, ServedNames names, Supplier<Rules> rules) {
    this.store = store;
    this.clock = clock;
    this.names = names;
    this.rules = rules;
  }

  /**
   * A named, absent image.
   *
   * @param standIn whether an earlier one is here, which the name shows meanwhile
   * @param kept whether a rule keeps it here even without requests
   */
  record Target(ImageDag dag, boolean standIn, boolean kept) {}

  /** The image to fetch; empty if it is here or unknown. */
  Optional<Target> of(RepositoryName repository, Selector wanted) {
    return switch (wanted) {
      case Selector.ByTag(Tag tag) -> ofTag(repository, tag);
      case Selector.ByDigest(var digest) -> absent(repository, "digest", digest).findFirst();
    };
  }

  /** Images that refer to the manifest, and are absent. */
  List<Target> referrersOf(RepositoryName repository, Digest subject) {
    return absent(repository, "subject", subject).toList();
  }

  /** Versions of a name in force that have the digest in this column, and are absent. */
  private Stream<Target> absent(RepositoryName repository, String column, Digest digest) {
    return store
        .query(
            "SELECT v.dag, v.key, "
                + KeptDags.kept("v", "n", "d")
                + " FROM versions v JOIN dags d ON d.dag = v.dag JOIN names n ON n.key = v.key"
                + " WHERE v.repository = ? AND v."
                + column
                + " = ? AND v.wanted = 1"
                + " AND n.removed = 0 AND d.present = 0 AND d.forget = 0 ORDER BY v.id",
            row ->
                Map.entry(
                    row.getString(2),
                    new Target(ImageDag.stored(row.getString(1)), false, row.getBoolean(3))),
            repository.toString(),
            digest.toString())
        .stream()
        .filter(each -> !names.isTooOld(each.getKey()))
        .map(Map.Entry::getValue);
  }

  private Optional<Target> ofTag(RepositoryName repository, Tag tag) {
    String key = TagState.key(repository, tag);
    Optional<ServedState> named = named(key);
    if (named.isPresent()) {
      ImageDag selected = named.get().selected();
      return target(key, named.get(), result -> result.imageDag().equals(selected));
    }
    ServedModes modes =
        new ServedModes(repository, rules.get().firstMatch(repository, "").settings());
    for (Mode mode : modes.inOrder()) {
      String suffix = modes.suffix(mode);
      int length = tag.text().length() - suffix.length();
      if (length > 0 && tag.text().endsWith(suffix)) {
        String base = TagState.key(repository, new Tag(tag.text().substring(0, length)));
        Optional<Target> target =
            named(base).flatMap(its -> target(base, its, result -> result.mode().is(mode)));
        if (target.isPresent()) {
          return target;
        }
      }
    }
    return Optional.empty();
  }

  private Optional<ServedState> named(String key) {
    return store
        .query(
            "SELECT served FROM names WHERE key = ? AND removed = 0",
            row -> ServedNames.read(row, 1, ServedState.class),
            key)
        .stream()
        .filter(_ -> !names.isTooOld(key))
        .findFirst();
  }

  /** What is fetched ahead anyway is brought only if nothing is shown until it is here. */
  private Optional<Target> target(String key, ServedState named, Predicate<Result> wanted) {
    return named.results().stream()
        .filter(wanted)
        .findFirst()
        .flatMap(
            result ->
                isKept(key, result.imageDag())
                    .map(kept -> new Target(result.imageDag(), standsIn(key, result), kept)))
        .filter(target -> !target.kept() || !target.standIn());
  }

  /** Whether this node keeps one that is absent; empty if it is here. */
  private Optional<Boolean> isKept(String key, ImageDag dag) {
    return store
        .query(
            "SELECT "
                + KeptDags.kept("v", "n", "d")
                + " FROM dags d JOIN names n ON n.key = ?"
                + " JOIN versions v ON v.key = n.key AND v.dag = d.dag"
                + " WHERE d.dag = ? AND v.wanted = 1 AND d.present = 0 AND d.forget = 0",
            row -> row.getBoolean(1),
            key,
            dag.toString())
        .stream()
        .findFirst();
  }

  private boolean standsIn(String key, Result result) {
    return !store
        .query(
            "SELECT 1 FROM versions v JOIN dags d ON d.dag = v.dag WHERE v.key = ? AND v.mode = ?"
                + " AND v.wanted = 0 AND v.subject IS NULL AND d.present = 1 AND d.forget = 0 LIMIT"
                + " 1",
            row -> true,
            key,
            result.mode().toString())
        .isEmpty();
  }

  /** Whether clients mount its layers before these have come. */
  boolean isLazy(ImageDag dag) {
    return store
        .query(
            "SELECT DISTINCT mode FROM versions WHERE dag = ?",
            row -> new ModeName(row.getString(1)),
            dag.toString())
        .stream()
        .anyMatch(mode -> mode.mode().filter(Mode::isLazy).isPresent());
  }

  /** A fetch has begun: its names show it, and its digests are found. */
  void begun(ImageDag dag) {
    store.write(
        session ->
            session.update(
                "UPDATE dags SET asked = ? WHERE dag = ?",
                clock.instant().toEpochMilli(),
                dag.toString()));
    names.show(keys(dag));
  }

  /** The fetch failed: nothing shows it any more. */
  void failed(ImageDag dag) {
    store.write(
        session -> {
          session.update(
              "UPDATE dags SET asked = NULL WHERE dag = ? AND present = 0", dag.toString());
          SiteStore.put(session, Value.LEFTOVERS, 1);
        });
    names.show(keys(dag));
  }

  /** Resets fetches of an earlier process, whose waiters are gone. */
  void begin() {
    store.write(
        session -> {
          if (!session
              .query(
                  "SELECT 1 FROM dags WHERE present = 0 AND asked IS NOT NULL LIMIT 1", row -> true)
              .isEmpty()) {
            SiteStore.put(session, Value.LEFTOVERS, 1);
          }
          session.update("UPDATE dags SET asked = NULL WHERE present = 0");
        });
  }

  private List<String> keys(ImageDag dag) {
    return store.query(
        "SELECT DISTINCT key FROM versions WHERE dag = ?", row -> row.getString(1), dag.toString());
  }

  @Override
  public void asked(ResolvedContent found) {
    pulled(found);
  }

  @Override
  public void manifest(String reference, ResolvedContent found) {
    // It was asked for.
  }

  @Override
  public void blob(ResolvedContent found) {
    pulled(found);
  }

  private void pulled(ResolvedContent found) {
    try {
      found.listed().ifPresent(image -> pulled(image.state().imageDag()));
    } catch (LocalFileException e) {
      LOG.warn("a pull is not noted: {}", e.getMessage());
    }
  }

  /** Recently pulled images, the latest first. */
  List<ImageDag> recent() {
    synchronized (noted) {
      return List.copyOf(noted.keySet()).reversed();
    }
  }

  /** Records a pull: an image on demand then stays longer. */
  private void pulled(ImageDag dag) {
    Instant now = clock.instant();
    synchronized (noted) {
      Instant last = noted.get(dag);
      if (last != null && !now.isBefore(last) && now.isBefore(last.plus(NOTED_EVERY))) {
        return;
      }
      noted.put(dag, now);
    }
    store.write(
        session ->
            session.update(
                "UPDATE dags SET asked = ?, unwanted_since = ? WHERE dag = ? AND present = 1"
                    + " AND unwanted_since IS NOT NULL AND dag IN (SELECT v.dag FROM versions v"
                    + " JOIN names n ON n.key = v.key WHERE v.wanted = 1"
                    + " AND (n.keep <> 'EVERY_NODE' OR v.other = 1))",
                now.toEpochMilli(),
                now.toEpochMilli(),
                dag.toString()));
  }
}
