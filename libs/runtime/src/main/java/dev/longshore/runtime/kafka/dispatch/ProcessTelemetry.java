package dev.longshore.runtime.kafka.dispatch;

import dev.longshore.catalog.WorkFailure;
import dev.longshore.runtime.kafka.record.HeaderText;
import dev.longshore.runtime.kafka.record.Inbound;
import dev.longshore.runtime.service.telemetry.TraceHeaders;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;

/** Spans and counters of records, named by OpenTelemetry's conventions for messaging. */
public final class ProcessTelemetry {
  private static final String SCOPE = "dev.longshore.runtime.kafka";
  private static final AttributeKey<String> TOPIC =
      AttributeKey.stringKey("messaging.destination.name");
  private static final AttributeKey<String> SYSTEM = AttributeKey.stringKey("messaging.system");
  private static final AttributeKey<String> OPERATION =
      AttributeKey.stringKey("messaging.operation.name");
  private static final String KAFKA = "kafka";
  private static final String PROCESS = "process";
  private static final AttributeKey<String> OUTCOME = AttributeKey.stringKey("longshore.outcome");
  private static final AttributeKey<String> SERVICE = AttributeKey.stringKey("longshore.service");

  private static final AttributeKey<String> REASON = AttributeKey.stringKey("reason");

  /** From a small image to one that waited a night for its registry. */
  private static final List<Double> SECONDS =
      List.of(
          0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0, 3600.0,
          21600.0);

  private static final double MILLIS = 1000.0;

  private final String topicPrefix;
  private final String service;
  private final Tracer tracer;
  private final InstantSource clock;
  private final LongCounter handled;
  private final DoubleHistogram stepDuration;
  private final DoubleHistogram stageDuration;
  private final LongCounter gaps;
  private final LongCounter failures;
  private final LongCounter deadLetters;

  public ProcessTelemetry(
      OpenTelemetry telemetry, String topicPrefix, String service, InstantSource clock) {
    this.topicPrefix = topicPrefix;
    this.service = service;
    this.clock = clock;
    this.tracer = telemetry.getTracer(SCOPE);
    Meter meter = telemetry.getMeter(SCOPE);
    this.handled =
        meter
            .counterBuilder("longshore.records")
            .setDescription("Records handled, by topic and outcome (settled, away)")
            .build();
    this.stepDuration =
        meter
            .histogramBuilder("messaging.process.duration")
            .setUnit("s")
            .setDescription("Time that handling a record took, waits within it included")
            .setExplicitBucketBoundariesAdvice(SECONDS)
            .build();
    this.stageDuration =
        meter
            .histogramBuilder("longshore.stage.duration")
            .setUnit("s")
            .setDescription(
                "Time from when a record came to Kafka until its work was done, retries included")
            .setExplicitBucketBoundariesAdvice(SECONDS)
            .build();
    this.gaps =
        meter
            .counterBuilder("longshore.gaps")
            .setDescription("Times that reading could not resume where it had ended")
            .build();
    this.failures =
        meter
            .counterBuilder("longshore.work.failures")
            .setDescription("Tries of work that failed, by reason; TRANSIENT ones are tried again")
            .build();
    this.deadLetters =
        meter
            .counterBuilder("longshore.dead_letters")
            .setUnit("{record}")
            .setDescription("Records that failed for good and were put aside for people")
            .build();
    failures.add(0, failed(WorkFailure.TRANSIENT));
    deadLetters.add(0, Attributes.of(SERVICE, service));
  }

  /** Starts the span of one record, a child of the span that wrote it. */
  Span start(Inbound in) {
    String topic = in.topic().name(topicPrefix);
    return tracer
        .spanBuilder("process " + topic)
        .setSpanKind(SpanKind.CONSUMER)
        .setParent(TraceHeaders.extract(name -> HeaderText.get(in.headers(), name)))
        .setAttribute(SYSTEM, KAFKA)
        .setAttribute(OPERATION, PROCESS)
        .setAttribute("messaging.operation.type", PROCESS)
        .setAttribute(TOPIC, topic)
        .setAttribute("messaging.destination.partition.id", Integer.toString(in.partition()))
        .setAttribute("messaging.consumer.group.name", topicPrefix + service)
        .setAttribute("messaging.message.id", in.id())
        .setAttribute("messaging.kafka.message.key", in.key())
        .setAttribute("messaging.kafka.offset", in.offset())
        .startSpan();
  }

  Result ended(Span span, Inbound in, Instant begun, Result result) {
    String outcome =
        switch (result) {
          case Result.Settled _ -> "settled";
          case Result.Away away -> {
            span.setStatus(StatusCode.ERROR, away.endpoint() + " is away");
            span.setAttribute("error.type", "endpoint away");
            yield "away";
          }
        };
    handled.add(
        1, Attributes.of(SERVICE, service, TOPIC, in.topic().name(topicPrefix), OUTCOME, outcome));
    stepDuration.record(
        since(begun),
        Attributes.of(SERVICE, service, OUTCOME, outcome, SYSTEM, KAFKA, OPERATION, PROCESS));
    if (result instanceof Result.Settled && !in.isNudge()) {
      stageDuration.record(since(in.appendedAt()), Attributes.of(SERVICE, service));
    }
    return result;
  }

  private double since(Instant begun) {
    return Math.max(0, Duration.between(begun, clock.instant()).toMillis() / MILLIS);
  }

  void passingFailure() {
    failures.add(1, failed(WorkFailure.TRANSIENT));
  }

  /**
   * Work failed for good.
   *
   * @param isKept whether its record became a dead letter
   */
  void permanentFailure(String reason, boolean isKept) {
    failures.add(1, failed(reason));
    deadLetters.add(isKept ? 1 : 0, Attributes.of(SERVICE, service));
  }

  private Attributes failed(String reason) {
    return Attributes.of(SERVICE, service, REASON, reason);
  }

  /** Exports zero gaps first: otherwise Prometheus sees no increase for the first one. */
  public void reads(Collection<String> topics) {
    topics.forEach(topic -> gaps.add(0, gapIn(topic)));
  }

  public void gap(String topic) {
    gaps.add(1, gapIn(topic));
  }

  private Attributes gapIn(String topic) {
    return Attributes.of(SERVICE, service, TOPIC, topic);
  }
}
