package dev.longshore.watcher;

import dev.longshore.events.PollState;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is looked at next at one registry: its list of repositories at an interval, each repository
 * more often while it changes, and all of them in a round that was asked for.
 */
final class PollAgenda {
  /** Clocks of two machines differ by less, or much else fails first. */
  static final Duration CLOCKS_DIFFER = Duration.ofMinutes(1);

  /** First looks, which may wait long for room, leave the other places to what changes. */
  static final int FIRST_AT_ONCE = 4;

  /** Longest wait, after which the clock is looked at. */
  private static final Duration LOOK_AT_CLOCK = Duration.ofSeconds(1);

  private final PollPauses pauses;
  private final PolledPart part;
  private final Clock clock;
  private final Map<String, Entry> entries = new HashMap<>();
  private final NavigableSet<Entry> due = byTime();

  /** Those that were not compared to their end yet. */
  private final NavigableSet<Entry> dueFirst = byTime();

  /** Those that were due, and are another process's. */
  private final Set<Entry> elsewhere = new HashSet<>();

  private final Set<String> changed = ConcurrentHashMap.newKeySet();
  private Instant listNext = Instant.EPOCH;
  private boolean listing;
  private int firstLooks;
  private @Nullable PollRound round;
  private int rounds;
  private Instant lookedSince = Instant.EPOCH;

  /** The clock when it was last looked at. */
  private Instant seen = Instant.MIN;

  private List<CompletableFuture<Void>> asked = new ArrayList<>();

  /**
   * One repository; in {@link #due}, {@link #dueFirst} or {@link #elsewhere} unless it is looked at
   * now.
   */
  private static final class Entry {
    final String repository;
    Instant next;
    Duration pause;
    @Nullable PollState state;
    boolean underWay;

    Entry(String repository, Instant next, Duration pause) {
      this.repository = repository;
      this.next = next;
      this.pause = pause;
    }

    boolean isFirst() {
      return state == null || state.completedAt() == null;
    }
  }

  private static NavigableSet<Entry> byTime() {
    return new TreeSet<>(
        Comparator.comparing((Entry e) -> e.next).thenComparing(e -> e.repository));
  }

  /**
   * An agenda that begins with the list.
   *
   * @param interval pause between two looks at what changes
   */
  PollAgenda(Duration interval, PolledPart part, Clock clock, RandomGenerator random) {
    this.pauses = new PollPauses(interval, random);
    this.part = part;
    this.clock = clock;
  }

  /**
   * Asks for a round that begins after this call.
   *
   * @return completed when it is over
   */
  synchronized CompletableFuture<Void> ask() {
    CompletableFuture<Void> done = new CompletableFuture<>();
    asked.add(done);
    notifyAll();
    return done;
  }

  /** The same, unless a round began after that time: then it is completed. */
  synchronized CompletableFuture<Void> askSince(Instant instant) {
    followClock();
    return lookedSince.isBefore(instant.plus(CLOCKS_DIFFER))
        ? ask()
        : CompletableFuture.completedFuture(null);
  }

  /**
   * The next look, as soon as there is one.
   *
   * @param looked told each time that the clock was looked at
   */
  synchronized PollTask take(Runnable looked) throws InterruptedException {
    Optional<PollTask> next = next();
    while (next.isEmpty()) {
      looked.run();
      wait(LOOK_AT_CLOCK.toMillis());
      next = next();
    }
    return next.get();
  }

  /** The look that is to be done now, if any. */
  synchronized Optional<PollTask> next() {
    followClock();
    return part.isAny() ? ofRound().or(this::ofInterval) : Optional.empty();
  }

  /** The next look of a round; none when the one that was asked for is over. */
  synchronized Optional<PollTask> takeOf(CompletableFuture<Void> wanted)
      throws InterruptedException {
    while (!wanted.isDone()) {
      Optional<PollTask> next = ofRound();
      if (next.isPresent()) {
        return next;
      }
      wait(LOOK_AT_CLOCK.toMillis());
    }
    return Optional.empty();
  }

  private Optional<PollTask> ofRound() {
    if (round == null && !asked.isEmpty()) {
      round = new PollRound(++rounds, clock.instant(), asked);
      asked = new ArrayList<>();
    }
    PollRound now = round;
    if (now == null) {
      return Optional.empty();
    }
    if (!now.listed) {
      return listing ? Optional.empty() : Optional.of(list(now.number));
    }
    for (Iterator<String> names = now.todo.iterator(); names.hasNext(); ) {
      Entry entry = entries.get(names.next());
      if (entry != null && !entry.underWay) {
        names.remove();
        return Optional.of(begin(entry, now.number));
      }
    }
    return Optional.empty();
  }

  /** A clock that was set back must not let all that is due wait until it is where it was. */
  private void followClock() {
    Instant now = clock.instant();
    if (now.isBefore(seen)) {
      Duration by = Duration.between(now, seen);
      List<Entry> waiting = Stream.concat(due.stream(), dueFirst.stream()).toList();
      due.clear();
      dueFirst.clear();
      entries.values().forEach(entry -> entry.next = entry.next.minus(by));
      waiting.forEach(this::add);
      listNext = listNext.minus(by);
      lookedSince = lookedSince.minus(by);
      if (round != null) {
        round.began = round.began.minus(by);
      }
    }
    seen = now;
  }

  private Optional<PollTask> ofInterval() {
    for (Iterator<String> names = changed.iterator(); names.hasNext(); ) {
      hurry(names.next());
      names.remove();
    }
    Instant now = clock.instant();
    if (!listing && !now.isBefore(listNext)) {
      return Optional.of(list(0));
    }
    Optional<PollTask> next = of(due, now);
    return next.isEmpty() && firstLooks < FIRST_AT_ONCE ? of(dueFirst, now) : next;
  }

  private Optional<PollTask> of(NavigableSet<Entry> some, Instant now) {
    while (!some.isEmpty() && !now.isBefore(some.getFirst().next)) {
      Entry first = some.getFirst();
      if (part.holds(first.repository)) {
        return Optional.of(begin(first, 0));
      }
      some.remove(first);
      elsewhere.add(first);
    }
    return Optional.empty();
  }

  /** More may be this process's than before. */
  synchronized void came() {
    elsewhere.forEach(this::add);
    elsewhere.clear();
    notifyAll();
  }

  private PollTask list(int number) {
    listing = true;
    return new PollTask(null, null, number, clock.instant());
  }

  private PollTask begin(Entry entry, int number) {
    remove(entry);
    entry.underWay = true;
    PollTask look = new PollTask(entry.repository, entry.state, number, clock.instant());
    firstLooks += look.isPatient() ? 1 : 0;
    return look;
  }

  /**
   * Ends a look at the list.
   *
   * @param complete whether what is not named is gone
   * @param states what the last looks at those names left, as far as they are this process's
   * @return names that are gone
   */
  synchronized List<String> listed(
      PollTask look, Set<String> names, boolean complete, Map<String, PollState> states) {
    Instant now = clock.instant();
    listing = false;
    listNext = now.plus(pauses.jittered(pauses.shortest()));
    for (String name : names) {
      if (!entries.containsKey(name)) {
        Entry entry = new Entry(name, now, pauses.shortest());
        entries.put(name, entry);
        add(entry);
        Optional.ofNullable(states.get(name)).ifPresent(this::restore);
      }
    }
    List<String> gone =
        complete
            ? entries.keySet().stream().filter(name -> !names.contains(name)).toList()
            : List.of();
    for (String name : gone) {
      Optional.ofNullable(entries.remove(name)).ifPresent(this::remove);
    }
    PollRound current = round;
    if (current != null && look.round() == current.number) {
      current.listed = true;
      current.todo.addAll(entries.keySet());
      current.open.addAll(entries.keySet());
    }
    endRound(gone);
    notifyAll();
    return gone;
  }

  /** When the list is due. */
  synchronized Instant nextList() {
    return listNext;
  }

  /** Takes over what this process or another left of a repository. */
  synchronized void restore(PollState state) {
    Entry entry = state.repository() == null ? null : entries.get(state.repository());
    if (entry != null && !entry.underWay) {
      remove(entry);
      entry.state = state;
      entry.pause = pauses.after(state);
      Instant latest = clock.instant().plus(pauses.longest());
      moveTo(entry, state.nextPollAt().isBefore(latest) ? state.nextPollAt() : latest);
      notifyAll();
    }
  }

  /**
   * When to look again after one that found something or did not.
   *
   * @return the time to give to {@link #looked}
   */
  synchronized Instant nextAfter(PollTask look, boolean changed) {
    Entry entry = entries.get(look.repository());
    Duration pause = pauses.shortest();
    if (entry != null) {
      pause = changed || entry.isFirst() ? pause : pauses.longerThan(entry.pause);
      entry.pause = pause;
    }
    return clock.instant().plus(pauses.jittered(pause));
  }

  /** Ends a look at a repository. */
  synchronized void looked(PollTask look, PollState state) {
    end(look, state.nextPollAt(), state);
    PollRound current = round;
    if (current != null && look.round() == current.number) {
      endRound(List.of(String.valueOf(look.repository())));
    }
    notifyAll();
  }

  /** Keeps how far a look came that is to be done again. */
  synchronized void interrupted(PollTask look, PollState state) {
    Entry entry = entries.get(look.repository());
    if (entry != null) {
      entry.state = state;
    }
  }

  /** Ends a look that must be done again; the others come before it. */
  synchronized void brokenOff(PollTask look) {
    PollRound current = round;
    if (look.repository() == null) {
      listing = false;
    } else {
      end(look, clock.instant(), null);
      if (current != null && look.round() == current.number) {
        current.todo.add(look.repository());
      }
    }
    notifyAll();
  }

  private void end(PollTask look, Instant next, @Nullable PollState state) {
    firstLooks -= look.isPatient() ? 1 : 0;
    Entry entry = entries.get(look.repository());
    if (entry != null) {
      entry.underWay = false;
      entry.state = state == null ? entry.state : state;
      moveTo(entry, next);
    }
  }

  /** Something changed in the repository: what changes is looked at often. Never waits. */
  void changed(String repository) {
    changed.add(repository);
  }

  private void hurry(String repository) {
    Entry entry = entries.get(repository);
    if (entry != null) {
      entry.pause = pauses.shortest();
      Instant soon = clock.instant().plus(pauses.jittered(entry.pause));
      if (!entry.underWay && soon.isBefore(entry.next)) {
        moveTo(entry, soon);
      }
    }
  }

  private void moveTo(Entry entry, Instant next) {
    remove(entry);
    entry.next = next;
    add(entry);
  }

  private void add(Entry entry) {
    (entry.isFirst() ? dueFirst : due).add(entry);
  }

  private void remove(Entry entry) {
    due.remove(entry);
    dueFirst.remove(entry);
    elsewhere.remove(entry);
  }

  private void endRound(List<String> done) {
    PollRound current = round;
    if (current == null) {
      return;
    }
    current.open.removeAll(Set.copyOf(done));
    current.todo.removeAll(Set.copyOf(done));
    if (current.listed && current.open.isEmpty()) {
      round = null;
      lookedSince = current.began;
      current.end();
    }
  }
}
