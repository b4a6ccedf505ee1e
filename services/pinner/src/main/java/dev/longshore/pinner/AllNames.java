package dev.longshore.pinner;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.NameLooks;
import dev.longshore.events.DecisionState;
import dev.longshore.events.TagState;
import dev.longshore.runtime.kafka.record.KeyPartitions;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Looks at all names of partitions that the store does not mark as looked at, and marks them. */
final class AllNames {
  private static final int PAGE = 500;

  private final Catalog catalog;
  private final NameLooks looks;
  private final NameRequests requests;
  private final NameAssignments assignments;

  /** Partitions that refused a name, or were broken off. */
  private final Map<Integer, Place> begun = new HashMap<>();

  AllNames(Catalog catalog, NameRequests requests, NameAssignments assignments) {
    this.catalog = catalog;
    this.looks = catalog.looks();
    this.requests = requests;
    this.assignments = assignments;
  }

  /**
   * How far the names of a partition were looked at.
   *
   * @param assignment in which that began
   * @param ended how often all marks had ended then
   * @param after key of the last name
   */
  private record Place(long assignment, long ended, String after) {
    /** Sorts before every key. */
    static final String START = "";

    boolean isStart() {
      return after.equals(START);
    }

    Place at(String key) {
      return new Place(assignment, ended, key);
    }
  }

  /** Other rules apply: begun looks begin again. */
  void beginAgain() {
    begun.clear();
  }

  /** One round; false if some were refused. */
  boolean look(NameRound round) {
    Map<Integer, Place> looking = places(round);
    if (looking.isEmpty()) {
      return true;
    }
    boolean all = looking.values().stream().noneMatch(Place::isStart) || lookAtForgotten(round);
    return lookAtNames(looking, round) && all;
  }

  private Map<Integer, Place> places(NameRound round) {
    Map<Integer, Place> looking = new HashMap<>();
    long ended = looks.ended();
    round
        .assigned()
        .forEach(
            (partition, assignment) -> {
              if (!round.isMarked(partition)) {
                Place before = begun.remove(partition);
                boolean goesOn =
                    before != null && before.assignment() == assignment && before.ended() == ended;
                looking.put(partition, goesOn ? before : new Place(assignment, ended, Place.START));
              }
            });
    return looking;
  }

  private boolean lookAtNames(Map<Integer, Place> looking, NameRound round) {
    boolean all = true;
    String after =
        looking.values().stream()
            .map(Place::after)
            .min(Comparator.naturalOrder())
            .orElse(Place.START);
    while (!looking.isEmpty()) {
      List<TagState> page = catalog.tags().page(after, PAGE);
      NameRequests.Asked asked = requests.asked();
      for (TagState name : page) {
        String before = after;
        after = name.key();
        all &= look(after, before, looking, asked, round);
      }
      if (!requests.settle(List.of(), asked, round)) {
        return false; // other rules apply
      }
      if (page.size() < PAGE) {
        looking.forEach((partition, place) -> mark(partition, place, round));
        looking.clear();
      } else if (Thread.currentThread().isInterrupted()) {
        String reached = after;
        looking.forEach((partition, place) -> begun.put(partition, place.at(reached)));
        looking.clear();
      } else {
        all &= requests.lookAtChanges(round);
      }
    }
    return all;
  }

  /** Looks at the name if it is of one of these partitions; false if its partition refused it. */
  private boolean look(
      String key,
      String before,
      Map<Integer, Place> looking,
      NameRequests.Asked asked,
      NameRound round) {
    int partition = KeyPartitions.of(key);
    Place place = looking.get(partition);
    if (place == null || key.compareTo(place.after()) <= 0) {
      return true;
    }
    return switch (asked.look(key)) {
      case RIGHT, REQUESTED -> true;
      case REFUSED -> {
        asked.leave(key);
        looking.remove(partition);
        begun.put(partition, place.at(before));
        yield false;
      }
      case ELSEWHERE -> {
        looking.remove(partition);
        assignments.lose(partition, round);
        yield true;
      }
    };
  }

  private void mark(int partition, Place place, NameRound round) {
    if (assignments.isStill(partition, place.assignment())) {
      var _ = looks.mark(partition, round.print(), place.ended());
    }
  }

  /** No name may lead to a forgotten digest. */
  private boolean lookAtForgotten(NameRound round) {
    ChangedNames changed = new ChangedNames(catalog);
    boolean all = true;
    @Nullable String after = null;
    List<DecisionState> page;
    do {
      page = catalog.decisions().page(after, PAGE);
      NameRequests.Asked asked = requests.asked();
      page.stream().flatMap(changed::of).forEach(asked::look);
      all &= requests.settle(List.of(), asked, round);
      after = page.isEmpty() ? null : page.getLast().id();
    } while (page.size() == PAGE && !Thread.currentThread().isInterrupted());
    return all;
  }
}
