package dev.longshore.app.cli;

import dev.longshore.events.ConversionRequest;
import dev.longshore.events.EventJson;
import dev.longshore.events.Hint;
import dev.longshore.events.MalformedEventException;
import dev.longshore.events.Origin;
import dev.longshore.events.ReferenceHint;
import dev.longshore.model.Digest;
import dev.longshore.model.Reference;
import dev.longshore.runtime.config.RegistrySettings;
import dev.longshore.runtime.config.SharedSettings;
import dev.longshore.runtime.kafka.record.EventSender;
import dev.longshore.runtime.kafka.record.NotSentException;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.UUID;

/**
 * The request of one {@code push}.
 *
 * @param digest the digest that the reference now has at its registry
 */
record PushRequest(
    SharedSettings shared,
    RegistrySettings registry,
    Reference reference,
    Digest digest,
    ConversionRequest request) {

  /**
   * Sends the hint and returns when Kafka has it.
   *
   * @param audit records the request, even if Kafka refuses it
   */
  void send(Map<String, Object> connection, Duration limit, Clock clock, CommandAudit audit)
      throws CommandException, InterruptedException {
    try (EventSender sender =
        new EventSender(connection, shared.kafka().topicPrefix(), "cli", limit, clock)) {
      try {
        sender.send(hint(clock), UUID.randomUUID().toString());
      } catch (NotSentException e) {
        if (e.refused()) {
          tell(audit, sender, "refused");
        }
        throw new CommandException(e.getMessage() + "; is 'longshore up' running?", e);
      }
      tell(audit, sender, "sent");
    }
  }

  private void tell(CommandAudit audit, EventSender sender, String outcome)
      throws InterruptedException {
    audit.tell(sender, "push", reference.name().repository(), reference + "@" + digest, outcome);
  }

  private Hint hint(Clock clock) {
    boolean nothingAsked =
        request.modes().isEmpty()
            && request.platforms().isEmpty()
            && request.recipients().isEmpty();
    ReferenceHint body =
        new ReferenceHint(
            reference.name().repository(),
            reference.tag().orElse(null),
            digest,
            nothingAsked ? null : request);
    try {
      byte[] json = EventJson.writeReference(body);
      return new Hint(
          Origin.PUSH,
          registry.name(),
          reference.name().repository(),
          Hint.REFERENCE,
          Base64.getEncoder().encodeToString(json),
          false,
          clock.instant());
    } catch (MalformedEventException e) {
      throw new IllegalStateException("a hint could not be written as JSON", e);
    }
  }
}
