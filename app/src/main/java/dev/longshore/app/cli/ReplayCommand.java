package dev.longshore.app.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.app.KafkaConnection;
import dev.longshore.app.decision.Retrying;
import dev.longshore.app.query.find.ExitCode;
import dev.longshore.app.settings.Settings;
import dev.longshore.catalog.Decisions;
import dev.longshore.runtime.config.SharedSettings;
import dev.longshore.runtime.kafka.DeadLetterFilter;
import dev.longshore.runtime.kafka.DeadLetters;
import dev.longshore.runtime.kafka.Replay;
import dev.longshore.runtime.kafka.link.KafkaSettings;
import dev.longshore.runtime.kafka.record.DeadLetter;
import dev.longshore.runtime.kafka.record.EventSender;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.kafka.common.KafkaException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code replay}: repeats events that failed for good. */
@Command(
    name = "replay",
    description = "Lists dead letters (work that failed for good), or tries them again.")
final class ReplayCommand implements Callable<Integer> {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final Duration AUDIT_LIMIT = Duration.ofSeconds(5);
  private static final int LISTED = 1_000;
  private final Terminal terminal;

  @Mixin private final CommonOptions options = new CommonOptions();

  @Option(names = "--all", description = "tries every dead letter again")
  private boolean all;

  @Parameters(
      paramLabel = "KEY",
      arity = "0..*",
      description = "keys from the list; each is tried once")
  private List<String> keys = new ArrayList<>();

  ReplayCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws CommandException, InterruptedException {
    Settings settings = options.settings();
    SharedSettings shared = settings.shared();
    KafkaSettings kafka = shared.kafka();
    KafkaReach.require(kafka);
    DeadLetters letters = new DeadLetters(KafkaConnection.of(kafka), kafka.topicPrefix(), LIMIT);
    try (OwnCatalog catalog = new OwnCatalog(settings)) {
      boolean again = all || !keys.isEmpty();
      return (again ? replay(letters, shared, catalog.now().decisions()) : list(letters)).code();
    } catch (KafkaException e) {
      throw KafkaReach.failed(kafka, e);
    }
  }

  private ExitCode list(DeadLetters letters) {
    List<DeadLetter> waiting =
        letters.list(DeadLetterFilter.ALL, LISTED).stream().filter(l -> !l.replayed()).toList();
    if (options.json) {
      ObjectNode answer = JsonNodeFactory.instance.objectNode();
      add(answer.putArray("waiting"), waiting);
      terminal.json(answer);
    } else {
      waiting.forEach(letter -> terminal.result(line(letter)));
      terminal.result(waiting.isEmpty() ? "no dead letters" : waiting.size() + " dead letters");
    }
    return ExitCode.COMPLETE;
  }

  private ExitCode replay(DeadLetters letters, SharedSettings shared, Decisions decisions)
      throws CommandException, InterruptedException {
    List<Replay.Report> reports = new ArrayList<>();
    if (all) {
      reports.add(replay(letters, shared, decisions, "all", DeadLetterFilter.ALL));
    }
    for (String key : keys) {
      Replay.Report report = replay(letters, shared, decisions, key, Retrying.ofKey(key));
      if (report.isEmpty()) {
        throw new CommandException(
            "no dead letter with the key " + key + " waits; 'longshore replay' lists all");
      }
      reports.add(report);
    }
    return tell(
        new Replay.Report(
            reports.stream().flatMap(r -> r.sent().stream()).toList(),
            reports.stream().flatMap(r -> r.notKept().stream()).toList(),
            reports.stream().flatMap(r -> r.tooFar().stream()).toList(),
            reports.stream().flatMap(r -> r.forgotten().stream()).toList()));
  }

  /** Replays, and records the result, even if nothing happened. */
  private Replay.Report replay(
      DeadLetters letters,
      SharedSettings shared,
      Decisions decisions,
      String what,
      DeadLetterFilter filter)
      throws InterruptedException {
    Replay.Report report;
    try {
      report = new Retrying(letters, decisions).again(filter);
    } catch (KafkaException e) {
      remember(shared, what, "failed");
      throw e;
    }
    remember(shared, what, report.sent().size() + " sent again");
    return report;
  }

  private void remember(SharedSettings shared, String what, String outcome)
      throws InterruptedException {
    Clock clock = Clock.systemUTC();
    KafkaSettings kafka = shared.kafka();
    try (EventSender sender =
        new EventSender(
            KafkaConnection.of(kafka), kafka.topicPrefix(), "cli", AUDIT_LIMIT, clock)) {
      new CommandAudit(shared, clock, terminal::done).tell(sender, "replay", null, what, outcome);
    }
  }

  private ExitCode tell(Replay.Report report) {
    if (options.json) {
      ObjectNode answer = JsonNodeFactory.instance.objectNode();
      add(answer.putArray("sent"), report.sent());
      add(answer.putArray("notKept"), report.notKept());
      add(answer.putArray("tooFar"), report.tooFar());
      add(answer.putArray("forgotten"), report.forgotten());
      terminal.json(answer);
    } else {
      report.sent().forEach(letter -> terminal.result("sent again  " + line(letter)));
      terminal.result(report.sent().size() + " sent again");
    }
    report
        .notKept()
        .forEach(l -> terminal.error(l.key() + " was too long to be kept: push it again"));
    report
        .tooFar()
        .forEach(l -> terminal.error(l.key() + " lies behind too many others: replay those first"));
    report
        .forgotten()
        .forEach(l -> terminal.error(l.key() + " is forgotten: 'longshore forget --undo' first"));
    boolean whole =
        report.notKept().isEmpty() && report.tooFar().isEmpty() && report.forgotten().isEmpty();
    return whole ? ExitCode.COMPLETE : ExitCode.INCOMPLETE;
  }

  private static String line(DeadLetter letter) {
    return "%s  %s of %s: %s, %s"
        .formatted(
            letter.failedAt(), letter.stage(), letter.key(), letter.reason(), letter.cause());
  }

  private static void add(ArrayNode list, List<DeadLetter> letters) {
    for (DeadLetter letter : letters) {
      list.addObject()
          .put("key", letter.key())
          .put("topic", letter.topic())
          .put("stage", letter.stage())
          .put("reason", letter.reason())
          .put("cause", letter.cause())
          .put("failedAt", letter.failedAt().toString())
          .put("replayable", letter.replayable());
    }
  }
}
