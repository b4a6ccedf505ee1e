package dev.longshore.pinner;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.CatalogException;
import dev.longshore.catalog.CatalogSubscription;
import dev.longshore.events.Decision.Forget;
import dev.longshore.events.DecisionState;
import dev.longshore.events.ImageState;
import dev.longshore.events.TagState;
import dev.longshore.events.Topic;
import dev.longshore.model.Digest;
import dev.longshore.model.RepositoryName;
import dev.longshore.pinner.NameChanges.Change;
import dev.longshore.runtime.kafka.StepHost;
import dev.longshore.runtime.kafka.record.KeyPartitions;
import dev.longshore.runtime.service.lifecycle.Loop;
import dev.longshore.runtime.service.metrics.LoopTurn;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Requests the step for each name whose record in {@code served} is outdated: at each change of the
 * name, its images or their copies. Looks at all names of a newly assigned partition, and at all of
 * this process when it does not know which changed. At an interval it looks only at names that show
 * nothing, until their records end.
 */
public final class NameWatch {
  private static final int PAGE = 500;

  /** Pause before another request to a partition whose queue was full. */
  private static final Duration REFUSED = Duration.ofMillis(50);

  /** Pause after a failure of the store, which is reported elsewhere. */
  private static final Duration BROKEN = Duration.ofSeconds(1);

  /** Longest wait before reading the clock. */
  private static final Duration IDLE = Duration.ofSeconds(2);

  /** Interval of looking at names that show nothing: an hour more does not matter. */
  private static final Duration REMOVED_EVERY = Duration.ofHours(1);

  private static final Logger LOG = LoggerFactory.getLogger(NameWatch.class);

  private final Catalog catalog;
  private final ServedRecords names;
  private final StepHost host;
  private final InstantSource clock;
  private final LoopTurn turn;
  private final NameChanges changes = new NameChanges();
  private final List<CatalogSubscription> subscriptions;
  private final Loop loop = new Loop("names", this::run);
  private final LookSchedule removed = new LookSchedule();

  /** Creates a watch over the names of the host's partitions without starting it. */
  NameWatch(
      Catalog catalog, ServedRecords names, StepHost host, InstantSource clock, LoopTurn turn) {
    this.catalog = catalog;
    this.names = names;
    this.host = host;
    this.clock = clock;
    this.turn = turn;
    this.subscriptions =
        List.of(catalog.onChange(changes::changed), catalog.onRebuilt(changes::unknown));
    host.onHeld(changes::held);
  }

  /** Looks at all names again: the rules have changed. */
  void lookAtAll() {
    changes.unknown();
  }

  /** Starts to ask. */
  public void start() {
    loop.start();
  }

  /** Ends it. */
  public void stop(Duration limit) throws InterruptedException {
    subscriptions.forEach(CatalogSubscription::close);
    loop.stop(limit);
  }

  /** Why the watch has ended, if it failed. */
  public Optional<String> trouble() {
    return loop.trouble();
  }

  private void run() throws InterruptedException {
    while (true) {
      try {
        boolean all = round();
        turn.turned();
        if (all) {
          changes.await(IDLE);
        } else {
          changes.pause(REFUSED);
        }
      } catch (CatalogException e) {
        LOG.warn("names wait for the local store: {}", e.getMessage());
        changes.unknown();
        changes.pause(BROKEN);
      }
    }
  }

  /**
   * Looks at all pending names, changed ones first.
   *
   * @return false if the host refused some, which are kept for the next round
   */
  public boolean round() {
    Set<String> refused = new LinkedHashSet<>();
    askForChanges(refused);
    Map<Integer, String> partitions = changes.partitions();
    Map<Integer, String> full = askForAll(partitions, refused);
    if (partitions.containsValue(NameChanges.START)) {
      askForForgotten(refused);
    }
    lookAtRemoved();
    refused.forEach(key -> changes.again(new Change.OfName(key)));
    full.forEach(changes::unseenAfter);
    return refused.isEmpty() && full.isEmpty();
  }

  private void askForChanges(Set<String> refused) {
    Optional<Change> next = changes.next();
    while (next.isPresent()) {
      keys(next.get()).stream().filter(key -> !ask(key)).forEach(refused::add);
      next = refused.size() < NameChanges.MOST ? changes.next() : Optional.empty();
    }
  }

  /**
   * Looks at the names of these partitions, in each after a key.
   *
   * @return partitions that refused one, with the key before it
   */
  private Map<Integer, String> askForAll(Map<Integer, String> partitions, Set<String> refused) {
    Map<Integer, String> looking = new HashMap<>(partitions);
    Map<Integer, String> full = new HashMap<>();
    String last = partitions.values().stream().min(Comparator.naturalOrder()).orElse("");
    while (!looking.isEmpty() && !Thread.currentThread().isInterrupted()) {
      List<TagState> page = catalog.tags().page(last, PAGE);
      for (TagState name : page) {
        String before = last;
        last = name.key();
        int partition = KeyPartitions.of(last);
        String after = looking.get(partition);
        if (after != null && last.compareTo(after) > 0 && !ask(last)) {
          looking.remove(partition);
          full.put(partition, before);
        }
      }
      if (page.size() < PAGE) {
        looking.clear();
      }
      askForChanges(refused);
    }
    full.putAll(looking);
    return full;
  }

  /** No name may lead to a forgotten digest. */
  private void askForForgotten(Set<String> refused) {
    @Nullable String last = null;
    List<DecisionState> page;
    do {
      page = catalog.decisions().page(last, PAGE);
      page.stream().flatMap(this::keys).filter(key -> !ask(key)).forEach(refused::add);
      last = page.isEmpty() ? null : page.getLast().id();
    } while (page.size() == PAGE && !Thread.currentThread().isInterrupted());
  }

  /** True if the step was requested or not needed here; false if it was refused. */
  private boolean ask(String key) {
    return !host.holds(Topic.CONVERTED, key)
        || names.newer(key).isEmpty()
        || host.nudge(Topic.CONVERTED, key);
  }

  private List<String> keys(Change change) {
    return switch (change) {
      case Change.OfName(String key) -> List.of(key);
      case Change.OfImage(Digest digest, RepositoryName repository) when repository != null ->
          catalog.tags().keysWith(repository, digest);
      case Change.OfImage(Digest digest, _) -> names(digest).toList();
      case Change.OfDecision(String id) ->
          catalog.decisions().of(id).stream().flatMap(this::keys).distinct().toList();
      case Change.OfCopies(var dag) ->
          catalog.conversions().recordsByDag(dag).stream()
              .flatMap(image -> keys(image).stream())
              .distinct()
              .toList();
    };
  }

  private Stream<String> keys(DecisionState decision) {
    Forget forget = decision.forget();
    return forget == null
        ? Stream.empty()
        : catalog.decisions().forgottenBy(forget).stream()
            .flatMap(digest -> Stream.concat(names(digest), itself(digest)));
  }

  /** The digest in each repository that had it, whatever names show now. */
  private Stream<String> itself(Digest digest) {
    return Stream.concat(
            catalog.tags().withDigest(digest).stream().map(TagState::name),
            catalog.conversions().recordsOfDigest(digest).stream().map(ImageState::name))
        .distinct()
        .map(repository -> TagState.key(repository, digest));
  }

  private Stream<String> names(Digest digest) {
    return catalog.tags().withDigest(digest).stream().map(TagState::key);
  }

  private List<String> keys(ImageState image) {
    return catalog.tags().keysWith(image.name(), image.digest());
  }

  /** Their records end once every site should know; a refused one waits an hour. */
  private void lookAtRemoved() {
    Instant now = clock.instant();
    if (!removed.isDue(now)) {
      return;
    }
    removed.after(now, now, REMOVED_EVERY);
    Instant time = now.minus(ServedRecords.REMOVALS_KEPT);
    List<String> page = List.of();
    do {
      page = catalog.served().removedSince(time, page.isEmpty() ? null : page.getLast(), PAGE);
      page.forEach(this::ask);
    } while (page.size() == PAGE);
  }
}
