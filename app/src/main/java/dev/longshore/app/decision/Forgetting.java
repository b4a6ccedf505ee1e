package dev.longshore.app.decision;

import static java.util.function.Predicate.not;

import dev.longshore.app.query.ForgetScope;
import dev.longshore.app.query.Remains;
import dev.longshore.app.query.find.ExitCode;
import dev.longshore.app.query.find.QueryException;
import dev.longshore.catalog.Catalog;
import dev.longshore.events.Decision.Forget;
import dev.longshore.events.DecisionState;
import dev.longshore.events.DecisionState.Undone;
import dev.longshore.events.TagState;
import dev.longshore.model.Digest;
import dev.longshore.model.Excerpt;
import dev.longshore.model.PeerName;
import dev.longshore.runtime.kafka.decision.DecisionChangedException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Decides to forget an image or takes that back, and follows what comes of it. */
public final class Forgetting {
  /** The resolver is asked this often: it tells nobody that it has heard of a decision. */
  private static final Duration ASK_AGAIN = Duration.ofSeconds(1);

  private final Catalog catalog;
  private final Writer writer;
  private final Function<List<TagState>, ResolverAnswer> resolver;
  private final Clock clock;
  private final int most;

  /** Writes decisions. */
  @FunctionalInterface
  public interface Writer {
    void write(DecisionState decision) throws DecisionChangedException, InterruptedException;
  }

  /**
   * @param catalog follows Kafka
   * @param resolver asks the resolver that is at hand for names
   */
  public Forgetting(
      Catalog catalog,
      Writer writer,
      Function<List<TagState>, ResolverAnswer> resolver,
      Clock clock) {
    this(catalog, writer, resolver, clock, Forget.LIMIT);
  }

  /**
   * @param most digests of one decision
   */
  Forgetting(
      Catalog catalog,
      Writer writer,
      Function<List<TagState>, ResolverAnswer> resolver,
      Clock clock,
      int most) {
    this.catalog = catalog;
    this.writer = writer;
    this.resolver = resolver;
    this.clock = clock;
    this.most = most;
  }

  /**
   * What is left to do.
   *
   * @param served names that the resolver at hand still serves
   * @param notes what could not be found out
   */
  public record Pending(Remains remains, List<String> served, List<String> notes) {
    public boolean isOver() {
      return remains.isOver() && served.isEmpty();
    }

    public String words() {
      List<String> all = new ArrayList<>();
      served.forEach(name -> all.add("the resolver still serves " + name));
      remains.pending().forEach(dag -> all.add(ForgetView.text(dag)));
      all.addAll(remains.unrecorded());
      return String.join("; ", all);
    }

    public ExitCode exitCode() {
      return isOver() ? ExitCode.COMPLETE : ExitCode.INCOMPLETE;
    }
  }

  /**
   * Writes decisions for what none names yet, each with what was named, by which {@link #undoing}
   * finds it; returns whether anything was left.
   */
  public boolean decide(String asked, ForgetScope scope, String by, String reason)
      throws QueryException, InterruptedException {
    List<Digest> left = scope.sources().stream().filter(not(catalog.decisions()::isNamed)).toList();
    if (left.isEmpty()) {
      return false;
    }
    int room = most - scope.top().size();
    if (room < 1) {
      throw new QueryException(
          "%s means %d images; forget them one by one, by digest"
              .formatted(asked, scope.top().size()));
    }
    List<Digest> more = left.stream().filter(not(scope.top()::contains)).toList();
    int from = 0;
    do {
      List<Digest> digests = new ArrayList<>(scope.top());
      int to = Math.min(from + room, more.size());
      digests.addAll(more.subList(from, to));
      write(
          DecisionState.of(
              "forget-" + UUID.randomUUID(),
              new Forget(asked, digests),
              by,
              reason,
              clock.instant(),
              null));
      from = to;
    } while (from < more.size());
    return true;
  }

  /**
   * What it means to take a forget back.
   *
   * @param decisions those that stand
   * @param digests that nothing else forgets
   * @param names that point to them now
   */
  public record Undoing(List<DecisionState> decisions, List<Digest> digests, List<TagState> names) {
    public Undoing {
      decisions = List.copyOf(decisions);
      digests = List.copyOf(digests);
      names = List.copyOf(names);
    }
  }

  /** All decisions that forget what was named. */
  public Undoing undoing(String asked, ForgetScope scope) throws QueryException {
    List<DecisionState> standing =
        scope.top().stream()
            .flatMap(digest -> catalog.decisions().forgets(digest).stream())
            .distinct()
            .toList();
    if (standing.isEmpty()) {
      throw new QueryException(asked + " is not forgotten; nothing is taken back");
    }
    List<Digest> digests = catalog.decisions().forgottenOnlyBy(standing);
    return new Undoing(standing, digests, ForgetScope.names(catalog, digests));
  }

  /** Takes them back. */
  public void undo(Undoing undoing, String by, String reason)
      throws QueryException, InterruptedException {
    for (DecisionState decision : undoing.decisions()) {
      write(decision.undone(new Undone(by, reason, clock.instant())));
    }
  }

  private void write(DecisionState decision) throws QueryException, InterruptedException {
    try {
      writer.write(decision);
    } catch (DecisionChangedException e) {
      throw new QueryException(Excerpt.line(String.valueOf(e.getMessage())), e);
    }
  }

  /** What is pending when all is done or the time is over. */
  public Pending await(ForgetScope scope, Duration limit, Consumer<String> progress)
      throws InterruptedException {
    return await(scope, _ -> true, limit, progress);
  }

  /**
   * The same.
   *
   * @param isPeer whether the settings name that peer
   */
  public Pending await(
      ForgetScope scope, Predicate<PeerName> isPeer, Duration limit, Consumer<String> progress)
      throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    String told = "";
    while (true) {
      Pending now = pending(scope, isPeer);
      Duration left = Duration.ofNanos(end - System.nanoTime());
      if (now.isOver() || left.isNegative()) {
        return now;
      }
      if (!told.equals(now.words())) {
        told = now.words();
        progress.accept("waiting: " + told);
      }
      Duration pause = Stream.of(left, ASK_AGAIN).min(Comparator.naturalOrder()).orElseThrow();
      var _ =
          catalog.await(
              () ->
                  Optional.of(Remains.of(catalog, scope.sources(), isPeer))
                      .filter(remains -> !remains.equals(now.remains())),
              pause);
    }
  }

  private Pending pending(ForgetScope scope, Predicate<PeerName> isPeer) {
    Remains remains = Remains.of(catalog, scope.sources(), isPeer);
    ResolverAnswer answer = resolver.apply(scope.names());
    return new Pending(
        remains,
        answer.serves(),
        answer.silent().map(why -> "no resolver says whether it refuses it: " + why).stream()
            .toList());
  }
}
