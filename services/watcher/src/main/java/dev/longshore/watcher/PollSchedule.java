package dev.longshore.watcher;

import dev.longshore.catalog.CatalogException;
import dev.longshore.events.PollState;
import dev.longshore.oci.RegistryException;
import dev.longshore.runtime.service.endpoint.Endpoints;
import dev.longshore.runtime.service.lifecycle.Loop;
import dev.longshore.runtime.service.metrics.LoopTurn;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Polls one registry: several repositories at once, as its agenda says. */
final class PollSchedule {
  /** Enough to use a budget at usual answer times; each may hold a list of 100,000 tags. */
  private static final int LOOKS_AT_ONCE = 8;

  /** After a failure of our own store, or of Kafka, which others report. */
  private static final Duration AFTER_OWN_FAILURE = Duration.ofSeconds(1);

  private static final Logger LOG = LoggerFactory.getLogger(PollSchedule.class);
  private final WatchedRegistry registry;
  private final SourceUse use;
  private final PollAgenda agenda;
  private final Poll poll;
  private final Backfill backfill;
  private final PollStates states;
  private final CatalogBarrier knowledge;
  private final Endpoints endpoints;
  private final Clock clock;
  private final Pause pause;
  private final LoopTurn turn;
  private final AtomicReference<PollState> list;
  private final List<Loop> loops;

  PollSchedule(
      WatchedRegistry registry,
      PollAgenda agenda,
      Poll poll,
      Backfill backfill,
      PollStates states,
      CatalogBarrier knowledge,
      Endpoints endpoints,
      Clock clock,
      Pause pause,
      LoopTurn turn) {
    this.registry = registry;
    this.use = registry.ofPolls();
    this.agenda = agenda;
    this.poll = poll;
    this.backfill = backfill;
    this.states = states;
    this.knowledge = knowledge;
    this.endpoints = endpoints;
    this.clock = clock;
    this.pause = pause;
    this.turn = turn;
    this.list =
        new AtomicReference<>(
            new PollState(
                registry.host().toString(),
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                clock.instant()));
    this.loops =
        IntStream.range(0, LOOKS_AT_ONCE)
            .mapToObj(
                n -> new Loop("poll %d of registry %s".formatted(n, registry.name()), this::run))
            .toList();
  }

  void start() {
    loops.forEach(Loop::start);
  }

  /**
   * Polls everything soon.
   *
   * @return completed when a round that began after the call has covered the registry
   */
  CompletableFuture<Void> request() {
    return agenda.ask();
  }

  /**
   * Polls on the caller's thread too, unless a round that began after the instant has covered the
   * registry.
   */
  void lookSince(Instant instant)
      throws RegistryException, HintNotStoredException, InterruptedException {
    CompletableFuture<Void> done = agenda.askSince(instant);
    Optional<PollTask> next = agenda.takeOf(done);
    while (next.isPresent()) {
      boolean ended = false;
      try {
        look(next.get(), () -> {});
        ended = true;
      } finally {
        if (!ended) {
          agenda.brokenOff(next.get());
        }
      }
      next = agenda.takeOf(done);
    }
  }

  void stop() throws InterruptedException {
    loops.forEach(Loop::interrupt);
    for (Loop loop : loops) {
      loop.stop(Duration.ofSeconds(10));
    }
  }

  /** Tells again what nobody could be told of: the key of the list may have come here since. */
  void tellOfList() {
    PollState now = list.get();
    if (now.startedAt() != null || now.error() != null) {
      states.writeUnlessKnown(now);
    }
  }

  /** Why the registry is no longer polled, if so. */
  Optional<String> trouble() {
    return loops.stream().map(Loop::trouble).flatMap(Optional::stream).findFirst();
  }

  private void run() throws InterruptedException {
    while (!Thread.currentThread().isInterrupted()) {
      PollTask next = agenda.take(turn::turned);
      boolean begun = false;
      try {
        turn.during(
            () -> {
              knowledge.await();
              return true;
            });
        List<String> tried = turn.during(this::awaitOpen);
        begun = true;
        if (attempt(next, tried).isEmpty() && isOpen()) {
          pause.of(AFTER_OWN_FAILURE);
        }
      } finally {
        if (!begun) {
          agenda.brokenOff(next);
        }
      }
    }
  }

  /**
   * Waits until polls may go on.
   *
   * @return what this look tries for all others that wait for it
   */
  private List<String> awaitOpen() throws InterruptedException {
    List<String> tried = new ArrayList<>();
    // Its own first, as a look that waits there must not be the one that tries the registry.
    for (String endpoint : List.of(use.endpoint(), use.program())) {
      if (endpoints.awaitOpen(endpoint)) {
        tried.add(endpoint);
      }
    }
    return tried;
  }

  private boolean isOpen() {
    return endpoints.isOpen(use.endpoint()) && endpoints.isOpen(use.program());
  }

  /**
   * Polls everything now, on the caller's thread, until it is done or the registry fails.
   *
   * @return number of hints at changes
   */
  int once() throws InterruptedException {
    CompletableFuture<Void> done = agenda.ask();
    int found = 0;
    Optional<PollTask> next = agenda.takeOf(done);
    while (next.isPresent()) {
      Optional<Integer> looked = attempt(next.get(), List.of(use.endpoint(), use.program()));
      if (looked.isEmpty()) {
        return found;
      }
      found += looked.get();
      next = agenda.takeOf(done);
    }
    return found;
  }

  /**
   * Looks, and pauses the polls or the registry if that says so.
   *
   * @param tried what waits for its result
   * @return number of hints at changes; none if the look is to be done again
   */
  private Optional<Integer> attempt(PollTask next, List<String> tried) throws InterruptedException {
    Optional<Integer> found = Optional.empty();
    try {
      found = tryOnce(next, tried);
      return found;
    } finally {
      // Not before the pause begins: another thread takes it at once.
      if (found.isEmpty()) {
        agenda.brokenOff(next);
      }
    }
  }

  private Optional<Integer> tryOnce(PollTask next, List<String> tried) throws InterruptedException {
    Runnable answered = tried.isEmpty() ? () -> {} : () -> areBack(tried);
    try {
      int found = look(next, answered);
      answered.run();
      return Optional.of(found);
    } catch (RegistryException e) {
      if (e.kind() == RegistryException.Kind.INTERRUPTED) {
        throw new InterruptedException();
      }
      if (e.transientFailure()) {
        String cause = String.valueOf(e.getMessage());
        String away = use.away(e);
        tried.stream().filter(each -> !each.equals(away)).forEach(endpoints::succeeded);
        Instant again = endpoints.failed(away, cause, e.retryAfter().orElse(null));
        told(null, cause, null, again);
        return Optional.empty();
      }
      LOG.warn("poll of registry {} failed: {}", registry.host(), e.getMessage());
    } catch (CatalogException e) {
      LOG.warn("poll of registry {} ended early: {}", registry.host(), e.getMessage());
    } catch (HintNotStoredException e) {
      LOG.warn(
          "poll of registry {} found changes but could not store them: {}",
          registry.host(),
          e.getMessage());
    }
    answered.run();
    return Optional.empty();
  }

  private void areBack(List<String> tried) {
    tried.forEach(endpoints::succeeded);
    if (list.get().error() != null) {
      told(null, null, null, agenda.nextList());
    }
  }

  private int look(PollTask next, Runnable answered)
      throws RegistryException, HintNotStoredException, InterruptedException {
    return next.repository() == null ? list(next) : repository(next, next.repository(), answered);
  }

  private int list(PollTask next) throws RegistryException, InterruptedException {
    Poll.Listed listed = poll.list();
    String host = registry.host().toString();
    boolean complete = listed.error() == null;
    Map<String, PollState> known = states.of(host);
    List<String> gone = new ArrayList<>(agenda.listed(next, listed.names(), complete, known));
    if (complete) {
      known.keySet().stream().filter(name -> !listed.names().contains(name)).forEach(gone::add);
      states.end(host, Set.copyOf(gone));
    }
    told(next, listed.error(), complete ? listed.names().size() : null, agenda.nextList());
    return 0;
  }

  /**
   * Tells how polls of the registry go.
   *
   * @param look the look at its list, if that ended
   * @param names how many it has, if that is known
   */
  private void told(
      @Nullable PollTask look, @Nullable String error, @Nullable Integer names, Instant again) {
    states.write(
        list.updateAndGet(
            before ->
                new PollState(
                    registry.host().toString(),
                    null,
                    null,
                    null,
                    look == null ? before.startedAt() : look.began(),
                    look == null || error != null ? before.completedAt() : clock.instant(),
                    null,
                    error,
                    error == null ? null : failures(before) + 1,
                    again,
                    names == null ? before.listed() : names,
                    null)));
  }

  private static int failures(PollState before) {
    Integer failures = before.attempts();
    return failures == null ? 0 : failures;
  }

  private int repository(PollTask next, String repository, Runnable answered)
      throws RegistryException, HintNotStoredException, InterruptedException {
    RepositoryPoll its =
        new RepositoryPoll(
            registry.host(), repository, next, states, answered, turn::turned, clock);
    Poll.Looked looked;
    boolean ended = false;
    try {
      looked = poll.look(repository, next.cursor(), its, next.isFirst(), room(next, repository));
      ended = true;
    } finally {
      if (!ended) {
        its.interrupted().ifPresent(state -> agenda.interrupted(next, state));
      }
    }
    PollState after =
        looked.left() ? its.left() : its.ended(looked, agenda.nextAfter(next, looked.found() > 0));
    // First the state: who takes the key over next reads it.
    states.write(after);
    agenda.looked(next, after);
    return looked.found();
  }

  private Backfill.Room room(PollTask next, String repository) {
    String key = registry.host() + "/" + repository;
    return next.isPatient() ? backfill.whenThereIs(() -> states.holds(key)) : backfill.now();
  }
}
