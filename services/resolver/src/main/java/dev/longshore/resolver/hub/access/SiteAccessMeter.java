package dev.longshore.resolver.hub.access;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.Meter;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/** Counts joins, renewals and refusals. */
final class SiteAccessMeter {
  private static final AttributeKey<String> WHAT = AttributeKey.stringKey("what");
  private static final AttributeKey<String> REASON = AttributeKey.stringKey("reason");

  private final LongCounter admissions;
  private final LongCounter refusals;

  /**
   * @param age the age of the known credentials; empty before they are known
   */
  SiteAccessMeter(Meter meter, Supplier<Optional<Duration>> age) {
    admissions =
        meter
            .counterBuilder("longshore.hub.admissions")
            .setDescription("Credentials given to nodes of sites: join, renewal")
            .build();
    refusals =
        meter
            .counterBuilder("longshore.hub.refusals")
            .setDescription("Callers that are not let in as a site, by reason")
            .build();
    meter
        .gaugeBuilder("longshore.hub.credentials_age")
        .setUnit("s")
        .setDescription("Time since it was last seen that no site's credential is missing")
        .ofLongs()
        .buildWithCallback(gauge -> age.get().ifPresent(its -> gauge.record(its.toSeconds())));
    // Otherwise Prometheus sees no increase for the first of its kind.
    admissions.add(0, Attributes.of(WHAT, "join"));
    admissions.add(0, Attributes.of(WHAT, "renewal"));
    for (Refusal refusal : Refusal.values()) {
      refusals.add(0, of(refusal));
    }
  }

  void joined() {
    admissions.add(1, Attributes.of(WHAT, "join"));
  }

  void renewed() {
    admissions.add(1, Attributes.of(WHAT, "renewal"));
  }

  void refused(Refusal refusal) {
    refusals.add(1, of(refusal));
  }

  private static Attributes of(Refusal refusal) {
    return Attributes.of(REASON, refusal.text());
  }
}
