package dev.longshore.app.settings;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.Meter;
import java.util.function.Supplier;

/**
 * Exports whether the running settings are older than their file as gauge {@code
 * longshore.settings.outdated}: 1 while they are, by the reason.
 */
public final class SettingsMetrics {
  private static final AttributeKey<String> REASON = AttributeKey.stringKey("reason");
  private static final Attributes REFUSED = Attributes.of(REASON, "refused");
  private static final Attributes RESTART = Attributes.of(REASON, "restart");

  private SettingsMetrics() {}

  /** Adds the gauge to the meter; it lives as long as the meter. */
  public static void register(Meter meter, Supplier<FollowedSettings.Staleness> staleness) {
    meter
        .gaugeBuilder("longshore.settings.outdated")
        .setDescription(
            "Whether the settings file is newer than the settings in use: 1 while it is refused, or"
                + " while something in it waits for a restart, else 0")
        .ofLongs()
        .buildWithCallback(
            gauge -> {
              FollowedSettings.Staleness now = staleness.get();
              gauge.record(now.refused() == null ? 0 : 1, REFUSED);
              gauge.record(now.waiting().isEmpty() ? 0 : 1, RESTART);
            });
  }
}
