package dev.longshore.watcher;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.Meter;
import java.util.Locale;

/** Counts what senders were told that it was taken. */
final class WebhookMeter {
  private static final AttributeKey<String> RESULT = AttributeKey.stringKey("result");
  private final LongCounter notifications;

  WebhookMeter(Meter meter) {
    notifications =
        meter
            .counterBuilder("longshore.watcher.notifications")
            .setDescription(
                "Notifications taken: hint (stored), nothing (no push and no deletion in it,"
                    + " not stored), malformed (stored, becomes a dead letter)")
            .build();
    // Else the first of its kind is no increase to Prometheus.
    for (Result result : Result.values()) {
      notifications.add(0, of(result));
    }
  }

  /** What a notification is. */
  enum Result {
    /** Something may have changed. */
    HINT,
    /** It tells of reads and of blobs alone. */
    NOTHING,
    /** Nobody can say what it tells, or of which registry. */
    MALFORMED
  }

  void took(Result result) {
    notifications.add(1, of(result));
  }

  private static Attributes of(Result result) {
    return Attributes.of(RESULT, result.name().toLowerCase(Locale.ROOT));
  }
}
