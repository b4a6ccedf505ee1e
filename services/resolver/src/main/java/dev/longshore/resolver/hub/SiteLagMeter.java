package dev.longshore.resolver.hub;

import dev.longshore.events.SiteState.Amount;
import dev.longshore.resolver.hub.SiteLag.Node;
import dev.longshore.resolver.hub.SiteLag.State;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.LongGaugeBuilder;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.metrics.ObservableLongMeasurement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * Exports how far each site is behind, by its worst node. Hubs that share a Kafka export the same.
 * Unknown values are left out.
 */
final class SiteLagMeter {
  private static final AttributeKey<String> SITE = AttributeKey.stringKey("site");
  private static final AttributeKey<String> REASON = AttributeKey.stringKey("reason");

  private static final AttributeKey<String> CRITICAL = AttributeKey.stringKey("critical");

  private final ObservableLongMeasurement target;
  private final ObservableLongMeasurement upToDate;
  private final ObservableLongMeasurement wantedImages;
  private final ObservableLongMeasurement wanted;
  private final ObservableLongMeasurement presentImages;
  private final ObservableLongMeasurement present;
  private final ObservableLongMeasurement behindImages;
  private final ObservableLongMeasurement behind;
  private final ObservableLongMeasurement absentImages;
  private final ObservableLongMeasurement absent;
  private final ObservableLongMeasurement oldest;
  private final ObservableLongMeasurement report;
  private final ObservableLongMeasurement skew;
  private final ObservableLongMeasurement line;
  private final ObservableLongMeasurement remaining;
  private final SiteGroups groups;
  private final InstantSource clock;

  private SiteLagMeter(Meter meter, SiteGroups groups, InstantSource clock) {
    this.groups = groups;
    this.clock = clock;
    target =
        seconds(
            meter.gaugeBuilder("longshore.site.lag_target").ofLongs(),
            "How old the oldest image that a site lacks may become, by its group");
    upToDate =
        meter
            .gaugeBuilder("longshore.site.up_to_date")
            .setDescription("1 if a site has all that its rules name, 0 if not or not known")
            .ofLongs()
            .buildObserver();
    wantedImages =
        images(meter.gaugeBuilder("longshore.site.wanted_images").ofLongs(), "its rules name");
    wanted = bytes(meter.gaugeBuilder("longshore.site.wanted").ofLongs(), "its rules name");
    presentImages =
        images(meter.gaugeBuilder("longshore.site.present_images").ofLongs(), "it holds");
    present = bytes(meter.gaugeBuilder("longshore.site.present").ofLongs(), "it holds");
    behindImages =
        images(meter.gaugeBuilder("longshore.site.behind_images").ofLongs(), "it should have");
    behind = bytes(meter.gaugeBuilder("longshore.site.behind").ofLongs(), "it should have");
    absentImages =
        images(
            meter.gaugeBuilder("longshore.site.absent_images").ofLongs(),
            "it does not hold, by reason");
    absent =
        bytes(meter.gaugeBuilder("longshore.site.absent").ofLongs(), "it does not hold, by reason");
    oldest =
        seconds(
            meter.gaugeBuilder("longshore.site.oldest_lag").ofLongs(),
            "Age of the oldest image that a site lacks, since its push; 0 if it lacks none");
    report =
        seconds(
            meter.gaugeBuilder("longshore.site.report_age").ofLongs(),
            "Age of a site's report; until the first one, time since it joined");
    skew =
        seconds(
            meter.gaugeBuilder("longshore.site.clock_skew").ofLongs(),
            "By how much a site's clock is ahead of its hub's");
    line = bytes(meter.gaugeBuilder("longshore.site.line").ofLongs(), "came over its line");
    remaining =
        seconds(
            meter.gaugeBuilder("longshore.site.remaining").ofLongs(),
            "Estimated time until a site has all; 0 if it has");
  }

  private static ObservableLongMeasurement images(LongGaugeBuilder gauge, String which) {
    return gauge
        .setUnit("{image}")
        .setDescription("Images of a site that " + which)
        .buildObserver();
  }

  private static ObservableLongMeasurement bytes(LongGaugeBuilder gauge, String which) {
    return gauge.setUnit("By").setDescription("Bytes of a site that " + which).buildObserver();
  }

  private static ObservableLongMeasurement seconds(LongGaugeBuilder gauge, String what) {
    return gauge.setUnit("s").setDescription(what).buildObserver();
  }

  /**
   * Adds the gauges.
   *
   * @param lags of all sites; empty while unknown
   */
  static void register(
      Meter meter, SiteGroups groups, Supplier<List<SiteLag>> lags, InstantSource clock) {
    SiteLagMeter its = new SiteLagMeter(meter, groups, clock);
    var _ =
        meter.batchCallback(
            () -> lags.get().forEach(its::tell),
            its.target,
            its.upToDate,
            its.wantedImages,
            its.wanted,
            its.presentImages,
            its.present,
            its.behindImages,
            its.behind,
            its.absentImages,
            its.absent,
            its.oldest,
            its.report,
            its.skew,
            its.line,
            its.remaining);
  }

  private void tell(SiteLag site) {
    if (site.state() == State.REVOKED) {
      return;
    }
    Attributes of = Attributes.of(SITE, site.site().text());
    groups
        .settings(site.group())
        .ifPresent(
            group ->
                target.record(
                    group.lagTarget().toSeconds(),
                    of.toBuilder().put(CRITICAL, String.valueOf(group.critical())).build()));
    upToDate.record(site.state() == State.UP_TO_DATE ? 1 : 0, of);
    site.worst().ifPresentOrElse(node -> tell(node, of), () -> tellSilence(site, of));
  }

  /** A site that joined and never reported is as silent as one that stopped. */
  private void tellSilence(SiteLag site, Attributes of) {
    if (site.joinedAt() != null) {
      report.record(secondsSince(site.joinedAt()), of);
    }
  }

  private long secondsSince(Instant at) {
    return Math.max(0, Duration.between(at, clock.instant()).toSeconds());
  }

  private void tell(Node node, Attributes of) {
    Amount all = wanted(node);
    wantedImages.record(all.images(), of);
    wanted.record(all.bytes(), of);
    presentImages.record(node.present().images(), of);
    present.record(node.present().bytes(), of);
    behindImages.record(node.lacking().images(), of);
    behind.record(node.lacking().bytes(), of);
    node.counts()
        .forEach(
            count ->
                tellAbsent(
                    count.reason().name().toLowerCase(Locale.ROOT).replace('_', '-'),
                    new Amount(count.images(), count.bytes()),
                    of));
    if (node.unheard().images() > 0) {
      tellAbsent("not-heard", node.unheard(), of);
    }
    if (node.oldest() != null) {
      oldest.record(secondsSince(node.oldest().since()), of);
    } else if (node.lacking().images() == 0 && node.hasHeardRules()) {
      oldest.record(0, of);
    }
    report.record(node.age().toSeconds(), of);
    // Whole seconds of either sign, which ignore the time of a request.
    skew.record(node.skew().toMillis() / 1_000, of);
    line.record(node.lineBytes(), of);
    if (node.remaining() != null) {
      remaining.record(node.remaining().time().toSeconds(), of);
    } else if (node.state() == State.UP_TO_DATE) {
      remaining.record(0, of);
    }
  }

  private void tellAbsent(String reason, Amount amount, Attributes of) {
    Attributes why = of.toBuilder().put(REASON, reason).build();
    absentImages.record(amount.images(), why);
    absent.record(amount.bytes(), why);
  }

  private static Amount wanted(Node node) {
    long images = node.present().images() + node.unheard().images();
    long bytes = node.present().bytes() + node.unheard().bytes();
    for (var count : node.counts()) {
      images += count.images();
      bytes += count.bytes();
    }
    return new Amount(images, bytes);
  }
}
