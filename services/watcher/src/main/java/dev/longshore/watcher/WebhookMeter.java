package dev.longshore.watcher;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.Meter;
import java.util.Locale;

/** Counts accepted notifications. */
final class WebhookMeter {
  private static final AttributeKey<String> RESULT = AttributeKey.stringKey("result");
  private final LongCounter notifications;

  WebhookMeter(Meter meter) {
    notifications =
        meter
            .counterBuilder("longshore.watcher.notifications")
            .setDescription(
                "Accepted notifications: hint (stored), nothing (no push or deletion, not stored),"
                    + " malformed (stored, becomes a dead letter)")
            .build();
    // Otherwise Prometheus sees no increase for the first of its kind.
    for (Result result : Result.values()) {
      notifications.add(0, of(result));
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

  private static Attributes of(Result result) {
    return Attributes.of(RESULT, result.name().toLowerCase(Locale.ROOT));
  }
}
