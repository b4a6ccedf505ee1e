package dev.longshore.resolver;

import dev.longshore.resolver.content.BlobCache;
import dev.longshore.resolver.content.ContentMeter;
import dev.longshore.resolver.content.UnavailableException;
import dev.longshore.resolver.registry.IndexAge;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.Meter;
import java.util.Locale;

/** The resolver's metrics, in addition to its listener's requests by result. */
final class ResolverMeter implements ContentMeter {
  private static final AttributeKey<String> RESULT = AttributeKey.stringKey("result");
  private static final AttributeKey<String> REASON = AttributeKey.stringKey("reason");

  private static final Attributes HIT = Attributes.of(RESULT, "hit");
  private static final Attributes JOINED = Attributes.of(RESULT, "joined");

  private final LongCounter readings;
  private final LongCounter fetched;
  private final LongCounter fetchedBytes;
  private final LongCounter checkedBytes;
  private final LongCounter failures;

  ResolverMeter(Meter meter) {
    readings =
        meter
            .counterBuilder("longshore.resolver.cache")
            .setDescription("Reads that needed no separate fetch: hit or joined")
            .build();
    fetched =
        meter
            .counterBuilder("longshore.resolver.fetches")
            .setDescription("Blobs and manifests fetched and verified")
            .build();
    fetchedBytes =
        meter
            .counterBuilder("longshore.resolver.fetched")
            .setUnit("By")
            .setDescription("Bytes of fetched blobs and manifests")
            .build();
    checkedBytes =
        meter
            .counterBuilder("longshore.resolver.cache_checked")
            .setUnit("By")
            .setDescription("Bytes of cached files hashed so that ranges of them can be sent")
            .build();
    failures =
        meter
            .counterBuilder("longshore.resolver.fetch_failures")
            .setDescription("Failed fetches, by reason")
            .build();
    // Otherwise Prometheus sees no increase for the first of its kind.
    readings.add(0, HIT);
    readings.add(0, JOINED);
    fetched.add(0);
    fetchedBytes.add(0);
    for (UnavailableException.Reason reason : UnavailableException.Reason.values()) {
      failures.add(0, of(reason));
    }
  }

  /**
   * Adds gauges of the cache and of the index's age, which is absent until it is first complete.
   */
  static void watch(Meter meter, BlobCache cache, IndexAge knowledge) {
    meter
        .gaugeBuilder("longshore.resolver.cache_size")
        .setUnit("By")
        .setDescription("Bytes of verified blobs on disk")
        .ofLongs()
        .buildWithCallback(gauge -> gauge.record(cache.bytes()));
    meter
        .gaugeBuilder("longshore.resolver.knowledge_age")
        .setUnit("s")
        .setDescription("Time since the index was last seen to be complete")
        .ofLongs()
        .buildWithCallback(
            gauge -> knowledge.age().ifPresent(age -> gauge.record(age.toSeconds())));
  }

  @Override
  public void hit() {
    readings.add(1, HIT);
  }

  @Override
  public void joined() {
    readings.add(1, JOINED);
  }

  @Override
  public void fetched(long bytes) {
    fetched.add(1);
    fetchedBytes.add(bytes);
  }

  @Override
  public void checked(long bytes) {
    checkedBytes.add(bytes);
  }

  @Override
  public void failed(UnavailableException.Reason reason) {
    failures.add(1, of(reason));
  }

  private static Attributes of(UnavailableException.Reason reason) {
    return Attributes.of(REASON, reason.name().toLowerCase(Locale.ROOT));
  }
}
