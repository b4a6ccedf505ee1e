package dev.longshore.app.ops;

import dev.longshore.app.KuboNodes;
import dev.longshore.app.decision.ForgetView;
import dev.longshore.app.decision.Forgetting;
import dev.longshore.app.decision.GuardDeciding;
import dev.longshore.app.decision.PeerDeciding;
import dev.longshore.app.decision.Reasons;
import dev.longshore.app.decision.ResolverAnswer;
import dev.longshore.app.decision.Retrying;
import dev.longshore.app.decision.UndoView;
import dev.longshore.app.query.DrainPlan;
import dev.longshore.app.query.ForgetScope;
import dev.longshore.app.query.InsideImages;
import dev.longshore.app.query.ReleasePlan;
import dev.longshore.app.query.Remains;
import dev.longshore.app.query.SharedLayers;
import dev.longshore.app.query.find.CatalogLookup;
import dev.longshore.app.query.find.KnownNames;
import dev.longshore.app.query.find.QueryException;
import dev.longshore.app.query.list.ListedGuard;
import dev.longshore.app.query.list.PlannedMoves;
import dev.longshore.app.settings.Settings;
import dev.longshore.catalog.Catalog;
import dev.longshore.events.DecisionState;
import dev.longshore.ipfs.Deadline;
import dev.longshore.model.Digest;
import dev.longshore.model.PeerName;
import dev.longshore.pinner.MovePlan;
import dev.longshore.rules.Rules;
import dev.longshore.runtime.config.PeersAndRules;
import dev.longshore.runtime.kafka.Replay;
import dev.longshore.runtime.kafka.decision.DecisionChangedException;
import dev.longshore.runtime.kafka.record.DeadLetter;
import dev.longshore.settings.value.Durations;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What somebody at the page decides: first what it would do, then the decision, as commands do. */
final class Deciding {
  /** Lines of a plan that are shown. */
  private static final int SHOWN = 60;

  /** For reading manifests from peers, while somebody looks at the page. */
  private static final Duration LOOK = Duration.ofSeconds(5);

  private final Settings settings;
  private final Catalog catalog;
  private final Forgetting.Writer writer;
  private final Retrying retrying;
  private final Clock clock;

  /**
   * @param catalog caught up with Kafka
   */
  Deciding(
      Settings settings,
      Catalog catalog,
      Forgetting.Writer writer,
      Retrying retrying,
      Clock clock) {
    this.settings = settings;
    this.catalog = catalog;
    this.writer = writer;
    this.retrying = retrying;
    this.clock = clock;
  }

  /**
   * What a decision would do.
   *
   * @param lines as the command says it
   * @param possible whether all of it can be done
   * @param expected what the subject means now
   */
  record Plan(List<String> lines, boolean possible, List<String> expected) {
    Plan(List<String> lines, boolean possible) {
      this(lines, possible, List.of());
    }

    Plan {
      int more = lines.size() - SHOWN;
      List<String> shown = new ArrayList<>(lines.subList(0, Math.min(SHOWN, lines.size())));
      if (more > 0) {
        shown.add("... and " + more + " lines more");
      }
      lines = List.copyOf(shown);
      expected = List.copyOf(expected);
    }
  }

  Plan plan(DecisionRequest wish) throws QueryException {
    String subject = wish.subject();
    return switch (wish.action()) {
      case FORGET -> forgetting(wish);
      case UNFORGET -> {
        ForgetScope scope = scope(subject);
        yield new Plan(
            new UndoView(subject, forgetting().undoing(subject, scope), false).lines(),
            true,
            texts(scope.top()));
      }
      case DRAIN -> {
        DecisionState drain = peers("plan").drain(subject, wish.to(), "plan");
        DrainPlan plan = DrainPlan.of(catalog, PeersAndRules.of(settings.shared()), drain, clock);
        yield new Plan(List.of(plan.words(new PeerName(subject))), plan.isPossible());
      }
      case HOLD -> {
        DecisionState hold = peers("plan").hold(subject, time(wish.time()), "plan");
        yield new Plan(
            List.of(
                hold.until() == null
                    ? subject + " gets no new copies until that is taken back; it keeps what it has"
                    : subject + " gets no new copies until " + hold.until()),
            true);
      }
      case UNDRAIN -> undoing(peers("plan").undrain(subject, "plan"));
      case UNHOLD -> undoing(peers("plan").unhold(subject, "plan"));
      case CONFIRM -> confirming(subject);
      case RETRY -> retrying(subject);
    };
  }

  /**
   * Decides.
   *
   * @param by who does
   * @return what came of it, for the audit log and for people
   */
  String decide(DecisionRequest wish, String by) throws QueryException, InterruptedException {
    String reason = Reasons.checked("reason", wish.reason());
    String subject = wish.subject();
    return switch (wish.action()) {
      case FORGET -> {
        ForgetScope scope = expected(wish);
        yield forgetting().decide(subject, scope, by, reason) ? "decided" : "decided before";
      }
      case UNFORGET -> {
        Forgetting forgetting = forgetting();
        forgetting.undo(forgetting.undoing(subject, expected(wish)), by, reason);
        yield "undone";
      }
      case DRAIN -> write(List.of(peers(by).drain(subject, wish.to(), reason)), "decided");
      case HOLD -> write(List.of(peers(by).hold(subject, time(wish.time()), reason)), "decided");
      case UNDRAIN -> write(peers(by).undrain(subject, reason), "undone");
      case UNHOLD -> write(peers(by).unhold(subject, reason), "undone");
      case CONFIRM -> {
        Optional<DecisionState> decision =
            GuardDeciding.confirm(standing(wish), by, reason, clock.instant());
        yield decision.isEmpty() ? "decided before" : write(List.of(decision.get()), "decided");
      }
      case RETRY -> again(subject);
    };
  }

  private Plan forgetting(DecisionRequest wish) throws QueryException {
    ForgetScope scope = scope(wish.subject());
    SharedLayers shared = SharedLayers.of(catalog, scope, inside(), Deadline.after(LOOK));
    return new Plan(
        new ForgetView(
                wish.subject(), scope, Remains.of(catalog, scope.sources()), Optional.of(shared))
            .lines(),
        true,
        texts(scope.top()));
  }

  private ForgetScope scope(String image) throws QueryException {
    KnownNames names = new KnownNames(settings.shared().registries());
    CatalogLookup lookup = new CatalogLookup(catalog, names, settings.shared().rules());
    ForgetScope scope = ForgetScope.of(catalog, lookup, names, inside(), image);
    if (scope.top().isEmpty()) {
      throw new QueryException(image + " is not known");
    }
    return scope;
  }

  private InsideImages inside() {
    return new InsideImages(catalog, settings.shared().peers());
  }

  /** The scope, if the tag has not moved since the plan was shown. */
  private ForgetScope expected(DecisionRequest wish) throws QueryException {
    ForgetScope scope = scope(wish.subject());
    if (!new HashSet<>(texts(scope.top())).equals(new HashSet<>(wish.expected()))) {
      throw new QueryException(
          "%s means %s now, and not what was shown (%s): look again"
              .formatted(wish.subject(), texts(scope.top()), wish.expected()));
    }
    return scope;
  }

  private static List<String> texts(List<Digest> digests) {
    return digests.stream().map(Digest::toString).toList();
  }

  /** The page does not wait for the end: each view of the image shows how far it is. */
  private Forgetting forgetting() {
    return new Forgetting(
        catalog, writer, _ -> new ResolverAnswer(List.of(), Optional.empty()), clock);
  }

  private PeerDeciding peers(String by) {
    return new PeerDeciding(catalog.decisions(), settings.shared().peers(), clock, by);
  }

  private static @Nullable Duration time(@Nullable String text) throws QueryException {
    if (text == null) {
      return null;
    }
    try {
      Duration time = Durations.parse(text);
      if (time.isPositive()) {
        return time;
      }
    } catch (IllegalArgumentException e) {
      throw new QueryException("time: " + e.getMessage(), e);
    }
    throw new QueryException("time: " + text + " (expected: more than 0s)");
  }

  private static Plan undoing(List<DecisionState> undone) {
    return new Plan(
        undone.stream()
            .map(
                one ->
                    "%s, decided by %s on %s (%s), is taken back"
                        .formatted(one.id(), one.by(), one.decidedAt(), one.reason()))
            .toList(),
        true);
  }

  private ListedGuard standing(String id) throws QueryException {
    return GuardDeciding.standing(ListedGuard.all(catalog, settings.shared(), clock), id);
  }

  /** The guard, if it stops no more than what was shown. */
  private ListedGuard standing(DecisionRequest wish) throws QueryException {
    ListedGuard guard = standing(wish.subject());
    String count = Long.toString(guard.confirm().count());
    if (!wish.expected().equals(List.of(count))) {
      throw new QueryException(
          "%s stops %s now, and not what was shown (%s): look again"
              .formatted(guard.id(), count, wish.expected()));
    }
    return guard;
  }

  private Plan confirming(String id) throws QueryException {
    ListedGuard guard = standing(id);
    List<String> lines = new ArrayList<>(List.of(guard.line(), guard.consequence()));
    switch (guard.json().path("cause").asText()) {
      case "images released" ->
          lines.addAll(
              ReleasePlan.of(
                      catalog,
                      new Rules(settings.shared().rules()),
                      inside()::sizes,
                      Deadline.after(LOOK),
                      clock.instant())
                  .lines());
      case "rules or labels changed" -> {
        PlannedMoves moves = new PlannedMoves();
        new MovePlan(catalog, PeersAndRules.of(settings.shared()), KuboNodes::open, clock)
            .forEach(move -> moves.tell(move, lines::add));
        lines.addAll(moves.sums());
      }
      default -> {}
    }
    return new Plan(lines, !guard.confirmed(), List.of(Long.toString(guard.confirm().count())));
  }

  private Plan retrying(String key) throws QueryException {
    List<DeadLetter> waiting = retrying.waiting(Retrying.ofKey(key), SHOWN);
    if (waiting.isEmpty()) {
      throw new QueryException("nothing of " + key + " waits to be done again");
    }
    return new Plan(
        waiting.stream()
            .map(
                letter ->
                    "%s of %s, which failed on %s: %s, %s"
                        .formatted(
                            letter.stage(),
                            letter.key(),
                            letter.failedAt(),
                            letter.reason(),
                            letter.cause()))
            .toList(),
        true);
  }

  private String again(String key) throws QueryException {
    Replay.Report report = retrying.again(Retrying.ofKey(key));
    if (report.isEmpty()) {
      throw new QueryException("nothing of " + key + " waits to be done again");
    }
    List<String> left = new ArrayList<>();
    if (!report.notKept().isEmpty()) {
      left.add(report.notKept().size() + " were too long to be kept: push them again");
    }
    if (!report.tooFar().isEmpty()) {
      left.add(report.tooFar().size() + " lie behind too many others: do those first");
    }
    if (!report.forgotten().isEmpty()) {
      left.add(report.forgotten().size() + " are forgotten");
    }
    return report.sent().size()
        + " sent again"
        + (left.isEmpty() ? "" : "; " + String.join("; ", left));
  }

  private String write(List<DecisionState> decisions, String outcome)
      throws QueryException, InterruptedException {
    for (DecisionState decision : decisions) {
      try {
        writer.write(decision);
      } catch (DecisionChangedException e) {
        throw new QueryException(String.valueOf(e.getMessage()), e);
      }
    }
    return outcome;
  }
}
