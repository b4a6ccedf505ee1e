package dev.longshore.app.cli;

import dev.longshore.app.query.ExitCode;
import dev.longshore.app.query.ForgetScope;
import dev.longshore.app.query.Remains;
import dev.longshore.catalog.Catalog;
import dev.longshore.events.Decision.Forget;
import dev.longshore.events.DecisionState;
import dev.longshore.events.DecisionState.Undone;
import dev.longshore.events.TagState;
import dev.longshore.runtime.kafka.DecisionChangedException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

/** Decides to forget an image or takes that back, and follows what comes of it. */
final class Forgetting {
  /** The resolver is asked this often: it tells nobody that it has heard of a decision. */
  private static final Duration ASK_AGAIN = Duration.ofSeconds(1);

  private final Catalog catalog;
  private final Writer writer;
  private final Function<List<TagState>, ResolverCheck.Answer> resolver;
  private final Clock clock;

  /** Writes decisions. */
  @FunctionalInterface
  interface Writer {
    void write(DecisionState decision) throws DecisionChangedException, InterruptedException;
  }

  /**
   * @param catalog follows Kafka
   * @param resolver asks the resolver that is at hand for names
   */
  Forgetting(
      Catalog catalog,
      Writer writer,
      Function<List<TagState>, ResolverCheck.Answer> resolver,
      Clock clock) {
    this.catalog = catalog;
    this.writer = writer;
    this.resolver = resolver;
    this.clock = clock;
  }

  /**
   * What is left to do.
   *
   * @param served names that the resolver at hand still serves
   * @param notes what could not be found out
   */
  record Pending(Remains remains, List<String> served, List<String> notes) {
    boolean isOver() {
      return remains.pending().isEmpty() && served.isEmpty();
    }

    String words() {
      List<String> all = new ArrayList<>();
      served.forEach(name -> all.add("the resolver still serves " + name));
      remains.pending().forEach(dag -> all.add(ForgetView.text(dag)));
      return String.join("; ", all);
    }

    ExitCode exitCode() {
      return isOver() ? ExitCode.COMPLETE : ExitCode.INCOMPLETE;
    }
  }

  /** Writes a decision, unless one that stands forgets all of it; returns whether it did. */
  boolean decide(String asked, ForgetScope scope, String by, String reason)
      throws CommandException, InterruptedException {
    if (scope.sources().size() > Forget.LIMIT) {
      throw new CommandException(
          "%s and what belongs to it are more than %d digests; forget them one by one"
              .formatted(asked, Forget.LIMIT));
    }
    if (scope.sources().stream().allMatch(catalog.decisions()::isForgotten)) {
      return false;
    }
    write(
        DecisionState.of(
            "forget-" + UUID.randomUUID(),
            new Forget(asked, scope.sources()),
            by,
            reason,
            clock.instant(),
            null));
    return true;
  }

  /** Takes back all decisions that forget what was named; returns them as they are now. */
  List<DecisionState> undo(String asked, ForgetScope scope, String by, String reason)
      throws CommandException, InterruptedException {
    List<DecisionState> standing =
        scope.top().stream()
            .flatMap(digest -> catalog.decisions().forgets(digest).stream())
            .distinct()
            .toList();
    if (standing.isEmpty()) {
      throw new CommandException(asked + " is not forgotten; nothing is taken back");
    }
    List<DecisionState> undone = new ArrayList<>();
    for (DecisionState decision : standing) {
      DecisionState next = decision.undone(new Undone(by, reason, clock.instant()));
      write(next);
      undone.add(next);
    }
    return undone;
  }

  private void write(DecisionState decision) throws CommandException, InterruptedException {
    try {
      writer.write(decision);
    } catch (DecisionChangedException e) {
      throw new CommandException(String.valueOf(e.getMessage()), e);
    }
  }

  /** What is pending when all is done or the time is over. */
  Pending await(ForgetScope scope, Duration limit, Consumer<String> progress)
      throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    String told = "";
    while (true) {
      Pending now = pending(scope);
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
                  Optional.of(Remains.of(catalog, scope.sources()))
                      .filter(remains -> !remains.equals(now.remains())),
              pause);
    }
  }

  private Pending pending(ForgetScope scope) {
    Remains remains = Remains.of(catalog, scope.sources());
    ResolverCheck.Answer answer = resolver.apply(scope.names());
    return new Pending(
        remains,
        answer.serves(),
        answer.silent().map(why -> "no resolver says whether it refuses it: " + why).stream()
            .toList());
  }
}
