package dev.longshore.app.cli;

import dev.longshore.app.KafkaConnection;
import dev.longshore.app.settings.Settings;
import dev.longshore.events.DecisionState;
import dev.longshore.runtime.kafka.decision.DecisionChangedException;
import dev.longshore.runtime.kafka.decision.DecisionWriter;
import dev.longshore.runtime.kafka.link.KafkaSettings;
import dev.longshore.runtime.kafka.record.EventSender;
import java.time.Clock;
import java.time.Duration;

/** Decisions of whoever types the command, written with their rights and told to the audit. */
final class OwnDecisions {
  private static final Duration WRITE_LIMIT = Duration.ofSeconds(20);
  private static final Duration AUDIT_LIMIT = Duration.ofSeconds(5);

  private final Settings settings;
  private final Terminal terminal;
  private final Clock clock;
  private final DecisionWriter writer;

  OwnDecisions(Settings settings, Terminal terminal, Clock clock) {
    this.settings = settings;
    this.terminal = terminal;
    this.clock = clock;
    KafkaSettings kafka = settings.shared().kafka();
    this.writer =
        new DecisionWriter(
            KafkaConnection.of(kafka), kafka.topicPrefix(), "cli", WRITE_LIMIT, clock);
  }

  /** Who decides, as this machine says. */
  static String by() {
    return System.getProperty("user.name", "unknown");
  }

  DecisionWriter writer() {
    return writer;
  }

  /** Writes the decision, and tells the audit what came of it. */
  void write(String command, String subject, DecisionState decision)
      throws CommandException, InterruptedException {
    boolean done = false;
    try {
      writer.write(decision);
      done = true;
    } catch (DecisionChangedException e) {
      throw new CommandException(String.valueOf(e.getMessage()), e);
    } finally {
      String result = decision.undone() == null ? "decided" : "undone";
      remember(command, subject, done ? result : "failed");
    }
  }

  /** Tells the audit what the command did. */
  void remember(String command, String subject, String result) throws InterruptedException {
    KafkaSettings kafka = settings.shared().kafka();
    try (EventSender sender =
        new EventSender(
            KafkaConnection.of(kafka), kafka.topicPrefix(), "cli", AUDIT_LIMIT, clock)) {
      new CommandAudit(settings.shared(), clock, terminal::done)
          .tell(sender, command, null, subject, result);
    }
  }
}
