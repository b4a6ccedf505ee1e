package dev.longshore.resolver.site;

import dev.longshore.events.ServedState.Result;
import dev.longshore.events.SiteState.Amount;
import dev.longshore.model.ImageDag;
import dev.longshore.runtime.service.telemetry.TraceHeaders;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.BatchCallback;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.metrics.ObservableLongMeasurement;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Scope;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A site node's metrics, and a trace for each image that it fetches, linked to the push. */
final class SiteTelemetry {
  private static final Logger LOG = LoggerFactory.getLogger(SiteTelemetry.class);
  private static final String SCOPE = "dev.longshore.site";
  private static final AttributeKey<String> RESULT = AttributeKey.stringKey("result");
  private static final AttributeKey<Boolean> KEPT = AttributeKey.booleanKey("kept");
  private static final AttributeKey<String> CID = AttributeKey.stringKey("longshore.cid");
  private static final AttributeKey<String> DIGEST = AttributeKey.stringKey("longshore.digest");
  private static final AttributeKey<String> MODE = AttributeKey.stringKey("longshore.mode");
  private static final AttributeKey<Long> BYTES = AttributeKey.longKey("longshore.bytes");

  /** An image of many names may have come by as many pushes. */
  private static final int LINKS = 16;

  private static final List<Double> SECONDS =
      List.of(0.1, 0.5, 2.5, 10.0, 60.0, 300.0, 1_800.0, 7_200.0, 43_200.0);

  private final Tracer tracer;
  private final SiteStore store;
  private final Meter meter;
  private final LongCounter line;
  private final LongCounter blocks;
  private final LongCounter neighbors;
  private final LongCounter bad;
  private final LongCounter missed;
  private final DoubleHistogram duration;

  SiteTelemetry(OpenTelemetry telemetry, SiteStore store) {
    this.tracer = telemetry.getTracer(SCOPE);
    this.store = store;
    this.meter = telemetry.getMeter(SCOPE);
    this.line =
        meter
            .counterBuilder("longshore.site.node.line")
            .setUnit("By")
            .setDescription("Bytes to and from the hub")
            .build();
    this.blocks =
        meter
            .counterBuilder("longshore.site.node.blocks")
            .setDescription("Blocks that came and were given to the site's node")
            .build();
    this.neighbors =
        meter
            .counterBuilder("longshore.site.node.neighbors")
            .setUnit("By")
            .setDescription("Bytes of blocks from other nodes of the site")
            .build();
    this.bad =
        meter
            .counterBuilder("longshore.site.node.bad_blocks")
            .setDescription(
                "Blocks of the site's node that were found rotten or missing, and fetched again")
            .build();
    this.missed =
        meter
            .counterBuilder("longshore.site.node.missed")
            .setDescription(
                "Requests for images that the hub's rules name, and that went elsewhere")
            .build();
    this.duration =
        meter
            .histogramBuilder("longshore.site.node.fetch_duration")
            .setUnit("s")
            .setDescription("Time of a try to fetch an image")
            .setExplicitBucketBoundariesAdvice(SECONDS)
            .build();
    // Otherwise Prometheus sees no increase for the first of them.
    line.add(0);
    blocks.add(0);
    neighbors.add(0);
    bad.add(0);
    missed.add(0, Attributes.of(KEPT, true));
    missed.add(0, Attributes.of(KEPT, false));
  }

  /**
   * What is looked at when somebody asks.
   *
   * @param present images that rules name and that are here
   * @param disk that of the blocks
   * @param hubAge time since the hub's last complete answer; empty before the first
   * @param turned when the loop that keeps images began its last turn; empty before the first
   * @param cut names whose referrers the hub does not send in full
   */
  record Looks(
      Supplier<Amount> present,
      Disk disk,
      Supplier<Optional<Duration>> hubAge,
      Supplier<Optional<Instant>> turned,
      LongSupplier cut) {}

  /** Tells it until that is closed. */
  BatchCallback watch(Looks looks) {
    ObservableLongMeasurement images =
        meter
            .gaugeBuilder("longshore.site.node.present_images")
            .ofLongs()
            .setDescription("Images that the hub's rules name and that are here")
            .buildObserver();
    ObservableLongMeasurement bytes =
        meter
            .gaugeBuilder("longshore.site.node.present")
            .ofLongs()
            .setUnit("By")
            .setDescription("Bytes of them")
            .buildObserver();
    ObservableLongMeasurement free =
        meter
            .gaugeBuilder("longshore.site.node.free")
            .ofLongs()
            .setUnit("By")
            .setDescription("Bytes free on the disk of its blocks")
            .buildObserver();
    ObservableLongMeasurement age =
        meter
            .gaugeBuilder("longshore.site.node.hub_age")
            .ofLongs()
            .setUnit("s")
            .setDescription("Time since the hub's last whole word")
            .buildObserver();
    ObservableLongMeasurement turned =
        meter
            .gaugeBuilder("longshore.site.node.last_turn_timestamp")
            .ofLongs()
            .setUnit("s")
            .setDescription("When the loop that fetches images began its last turn")
            .buildObserver();
    ObservableLongMeasurement cut =
        meter
            .gaugeBuilder("longshore.site.node.cut_referrer_lists")
            .ofLongs()
            .setDescription("Names to which more refers than the hub tells of")
            .buildObserver();
    return meter.batchCallback(
        () -> {
          Amount present = looks.present().get();
          images.record(present.images());
          bytes.record(present.bytes());
          try {
            free.record(looks.disk().space().free());
          } catch (IOException e) {
            LOG.debug("the disk's space is not known", e);
          }
          looks.hubAge().get().ifPresent(its -> age.record(its.toSeconds()));
          looks.turned().get().ifPresent(at -> turned.record(at.getEpochSecond()));
          cut.record(looks.cut().getAsLong());
        },
        images,
        bytes,
        free,
        age,
        turned,
        cut);
  }

  /** So many bytes went over the line. */
  void overTheLine(long bytes) {
    line.add(bytes);
  }

  /** So many bytes came from neighbors. */
  void fromNeighbors(long bytes) {
    neighbors.add(bytes);
  }

  /** So many blocks are the node's now. */
  void given(int count) {
    blocks.add(count);
  }

  /** Somebody asked for an image that rules name, and was sent elsewhere. */
  void missed(boolean kept) {
    missed.add(1, Attributes.of(KEPT, kept));
  }

  /** So many blocks were rotten or missing. */
  void bad(int count) {
    bad.add(count);
  }

  /** A try to fetch an image begins, on this thread. */
  Fetching fetching(ImageDag dag) {
    List<Result> results =
        store.query(
            "SELECT result FROM versions WHERE dag = ? ORDER BY wanted DESC, id DESC LIMIT "
                + LINKS,
            row -> ServedNames.read(row, 1, Result.class),
            dag.toString());
    SpanBuilder span = tracer.spanBuilder("fetch").setNoParent().setAttribute(CID, dag.toString());
    results.stream()
        .findFirst()
        .ifPresent(
            result ->
                span.setAttribute(DIGEST, result.source().toString())
                    .setAttribute(MODE, result.mode().text())
                    .setAttribute(BYTES, result.bytes()));
    results.stream()
        .map(Result::traceparent)
        .filter(Objects::nonNull)
        .distinct()
        .map(header -> TraceHeaders.extract(Map.of("traceparent", header)))
        .map(context -> Span.fromContext(context).getSpanContext())
        .filter(SpanContext::isValid)
        .forEach(span::addLink);
    return new Fetching(span.startSpan());
  }

  /** A try to fetch an image; one that nothing is said of was broken off. */
  final class Fetching implements AutoCloseable {
    private final Span span;
    private final Scope scope;
    private final long begun = System.nanoTime();
    private String result = "broken_off";

    @SuppressWarnings("MustBeClosedChecker") // It is, when this is.
    private Fetching(Span span) {
      this.span = span;
      this.scope = span.makeCurrent();
    }

    void came() {
      result = "came";
    }

    void failed(Exception why) {
      result = "failed";
      span.setAttribute("error.type", why.getClass().getSimpleName());
      span.setStatus(StatusCode.ERROR, Objects.toString(why.getMessage(), ""));
    }

    @Override
    public void close() {
      duration.record((System.nanoTime() - begun) / 1e9, Attributes.of(RESULT, result));
      span.setAttribute("longshore.outcome", result);
      scope.close();
      span.end();
    }
  }
}
