package dev.longshore.pinner;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.NameLooks;
import dev.longshore.catalog.NameLooks.Change;
import dev.longshore.events.Topic;
import dev.longshore.rules.RuleSettings;
import dev.longshore.runtime.kafka.StepHost;
import dev.longshore.runtime.kafka.record.KeyPartitions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Looks at names and requests the step where a record is outdated. Reads changes from the store,
 * and ends each there when all its names were looked at; a name for which the step was requested
 * waits there until its record is right.
 */
final class NameRequests {
  private static final int PAGE = 500;

  private final Catalog catalog;
  private final NameLooks looks;
  private final ServedRecords names;
  private final Supplier<List<RuleSettings>> rules;
  private final StepHost host;
  private final NameAssignments assignments;
  private final InstantSource clock;

  /** Whether to read waiting changes from the first one. */
  private final AtomicBoolean fromFirst = new AtomicBoolean(true);

  /** The last change that was read. */
  private long last;

  /** Since when a change before it waits. */
  private @Nullable Instant waitsSince;

  /** Names whose step was requested, with the change that waits for its result. */
  private final Map<String, Long> requested = new HashMap<>();

  NameRequests(
      Catalog catalog,
      ServedRecords names,
      Supplier<List<RuleSettings>> rules,
      StepHost host,
      NameAssignments assignments,
      InstantSource clock) {
    this.catalog = catalog;
    this.looks = catalog.looks();
    this.names = names;
    this.rules = rules;
    this.host = host;
    this.assignments = assignments;
    this.clock = clock;
  }

  /** Has the next round read all changes that wait. */
  void readFromFirst() {
    fromFirst.set(true);
  }

  void begin(Instant now) {
    if (fromFirst.getAndSet(false) || NameWatch.isOver(waitsSince, now)) {
      last = 0;
      waitsSince = null;
      requested.clear();
    }
  }

  boolean areOtherRules(NameRound round) {
    return !rules.get().equals(round.rules());
  }

  /** Looks at names that changed; false if some were refused. */
  boolean lookAtChanges(NameRound round) {
    boolean all = true;
    List<Change> page;
    do {
      page = looks.after(last, PAGE);
      all = look(page, round);
    } while (all && page.size() == PAGE && !Thread.currentThread().isInterrupted());
    return all;
  }

  private boolean look(List<Change> page, NameRound round) {
    ChangedNames changed = new ChangedNames(catalog);
    Asked asked = new Asked();
    List<Long> done = new ArrayList<>();
    for (Change change : page) {
      last = change.id();
      if (waitsForItsRecord(change)) {
        continue;
      }
      boolean waits = false;
      for (String key : changed.of(change).toList()) {
        waits |=
            asked.look(key) == NameLook.ELSEWHERE
                && !assignments.isAnothers(KeyPartitions.of(key), round);
      }
      if (waits) {
        somethingWaits();
      } else {
        done.add(change.id());
      }
    }
    return settle(done, asked, round);
  }

  private boolean waitsForItsRecord(Change change) {
    return change.topic() == Topic.TAGS && Objects.equals(requested.get(change.key()), change.id());
  }

  private void somethingWaits() {
    waitsSince = waitsSince == null ? clock.instant() : waitsSince;
  }

  /**
   * Ends the changes, but for names whose record is still wrong.
   *
   * @return false if some were refused, or were looked at by rules that no longer apply
   */
  boolean settle(Collection<Long> done, Asked asked, NameRound round) {
    if (areOtherRules(round)) {
      readFromFirst();
      return false;
    }
    Set<String> again = new LinkedHashSet<>(asked.requested);
    again.addAll(asked.refused);
    Map<String, Long> ids = looks.settle(done, again, last);
    requested.keySet().removeAll(asked.right);
    for (String key : asked.requested) {
      Long id = ids.get(key);
      if (id != null) {
        requested.put(key, id);
        somethingWaits();
      }
    }
    return asked.refused.isEmpty();
  }

  Asked asked() {
    return new Asked();
  }

  /** Names that are looked at together, each once. */
  final class Asked {
    private final Set<String> right = new HashSet<>();
    private final Set<String> requested = new LinkedHashSet<>();
    private final Set<String> refused = new LinkedHashSet<>();

    NameLook look(String key) {
      if (right.contains(key)) {
        return NameLook.RIGHT;
      }
      if (requested.contains(key)) {
        return NameLook.REQUESTED;
      }
      NameLook look = NameRequests.this.look(key);
      switch (look) {
        case RIGHT -> right.add(key);
        case REQUESTED -> requested.add(key);
        case REFUSED -> refused.add(key);
        case ELSEWHERE -> {}
      }
      return look;
    }

    /** The name is looked at again by who asks, without a change in the store. */
    void leave(String key) {
      refused.remove(key);
    }
  }

  NameLook look(String key) {
    if (!host.holds(Topic.CONVERTED, key)) {
      return NameLook.ELSEWHERE;
    }
    if (names.newer(key).isEmpty()) {
      return NameLook.RIGHT;
    }
    return host.nudge(Topic.CONVERTED, key) ? NameLook.REQUESTED : NameLook.REFUSED;
  }
}
