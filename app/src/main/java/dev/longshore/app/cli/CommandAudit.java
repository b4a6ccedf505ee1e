package dev.longshore.app.cli;

import dev.longshore.events.Audited;
import dev.longshore.events.Proof;
import dev.longshore.runtime.config.SharedSettings;
import dev.longshore.runtime.kafka.record.EventSender;
import dev.longshore.runtime.kafka.record.NotSentException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes to topic {@code audit} what a command did. The user is the one this machine reports,
 * without proof; Kafka itself knows which rights were used.
 *
 * @param shared settings that say whether the topic is on
 * @param problems receives the reason for a missing entry; the command itself has done its work
 */
record CommandAudit(SharedSettings shared, Clock clock, Consumer<String> problems) {
  private static final String LISTENER = "command";

  /**
   * Records one command.
   *
   * @param operation push, sync, replay, forget, import, peer drain, peer undrain, peer hold, peer
   *     unhold, guard confirm, site add or site revoke
   * @param reference what it was about
   * @param outcome the result, in a word or two
   */
  void tell(
      EventSender sender,
      String operation,
      @Nullable String repository,
      String reference,
      String outcome)
      throws InterruptedException {
    if (!shared.telemetry().auditTopic()) {
      return;
    }
    Audited entry =
        new Audited(
            System.getProperty("user.name", "unknown"),
            Proof.NONE,
            null,
            null,
            machine(),
            LISTENER,
            operation,
            "longshore " + operation,
            repository,
            reference,
            outcome,
            null,
            clock.instant());
    try {
      sender.send(entry, UUID.randomUUID().toString());
    } catch (NotSentException e) {
      problems.accept("the audit log lacks it: " + e.getMessage());
    }
  }

  private static String machine() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "unknown";
    }
  }
}
