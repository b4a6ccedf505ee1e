package dev.longshore.watcher;

import dev.longshore.watcher.sender.NotUnderstoodException.Reason;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.Meter;
import java.util.Collection;
import java.util.Locale;

/** Counts notifications: accepted, not understood, refused. */
final class WebhookMeter {
  private static final AttributeKey<String> RESULT = AttributeKey.stringKey("result");
  private static final AttributeKey<String> SENDER = AttributeKey.stringKey("sender");
  private static final AttributeKey<String> REASON = AttributeKey.stringKey("reason");
  private final LongCounter notifications;
  private final LongCounter notUnderstood;
  private final LongCounter refused;

  /**
   * @param senders names of the configured ones
   */
  WebhookMeter(Meter meter, Collection<String> senders) {
    notifications =
        meter
            .counterBuilder("longshore.watcher.notifications")
            .setDescription(
                "Accepted notifications: hint (stored), nothing (no push or deletion, not stored),"
                    + " malformed (stored, becomes a dead letter)")
            .build();
    notUnderstood =
        meter
            .counterBuilder("longshore.watcher.notifications.not_understood")
            .setDescription(
                "Accepted notifications that their sender is not known to send: body (no such"
                    + " JSON), event (an unknown kind), image (names none)")
            .build();
    refused =
        meter
            .counterBuilder("longshore.watcher.notifications.refused")
            .setDescription("Notifications whose sender did not prove who it is")
            .build();
    // Otherwise Prometheus sees no increase for the first of its kind.
    for (Result result : Result.values()) {
      notifications.add(0, of(result));
    }
    for (String sender : senders) {
      refused.add(0, Attributes.of(SENDER, sender));
      for (Reason reason : Reason.values()) {
        notUnderstood.add(0, Attributes.of(SENDER, sender, REASON, reason.text()));
      }
    }
  }

  /** The kinds of notifications. */
  enum Result {
    /** Something may have changed. */
    HINT,
    /** It contains only reads and blobs. */
    NOTHING,
    /** It cannot be read, or its registry is unknown. */
    MALFORMED
  }

  void took(Result result) {
    notifications.add(1, of(result));
  }

  void notUnderstood(String sender, Reason reason) {
    notUnderstood.add(1, Attributes.of(SENDER, sender, REASON, reason.text()));
  }

  void refused(String sender) {
    refused.add(1, Attributes.of(SENDER, sender));
  }

  private static Attributes of(Result result) {
    return Attributes.of(RESULT, result.name().toLowerCase(Locale.ROOT));
  }
}
