package dev.longshore.runtime.kafka.dispatch;

import dev.longshore.runtime.kafka.record.HeaderText;
import dev.longshore.runtime.kafka.record.Inbound;
import dev.longshore.runtime.service.telemetry.TraceHeaders;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import java.util.Collection;

/** Spans and counters of records, named by OpenTelemetry's conventions for messaging. */
public final class ProcessTelemetry {
  private static final String SCOPE = "dev.longshore.runtime.kafka";
  private static final AttributeKey<String> TOPIC =
      AttributeKey.stringKey("messaging.destination.name");
  private static final AttributeKey<String> OUTCOME = AttributeKey.stringKey("longshore.outcome");
  private static final AttributeKey<String> SERVICE = AttributeKey.stringKey("longshore.service");

  private final String topicPrefix;
  private final String service;
  private final Tracer tracer;
  private final LongCounter handled;
  private final LongCounter gaps;

  public ProcessTelemetry(OpenTelemetry telemetry, String topicPrefix, String service) {
    this.topicPrefix = topicPrefix;
    this.service = service;
    this.tracer = telemetry.getTracer(SCOPE);
    Meter meter = telemetry.getMeter(SCOPE);
    this.handled =
        meter
            .counterBuilder("longshore.records")
            .setDescription("Records handled, by topic and outcome (settled, away)")
            .build();
    this.gaps =
        meter
            .counterBuilder("longshore.gaps")
            .setDescription("Times that reading could not resume where it had ended")
            .build();
  }

  /** Starts the span of one record, a child of the span that wrote it. */
  Span start(Inbound in) {
    String topic = in.topic().name(topicPrefix);
    return tracer
        .spanBuilder("process " + topic)
        .setSpanKind(SpanKind.CONSUMER)
        .setParent(TraceHeaders.extract(name -> HeaderText.get(in.headers(), name)))
        .setAttribute("messaging.system", "kafka")
        .setAttribute("messaging.operation.name", "process")
        .setAttribute("messaging.operation.type", "process")
        .setAttribute(TOPIC, topic)
        .setAttribute("messaging.destination.partition.id", Integer.toString(in.partition()))
        .setAttribute("messaging.consumer.group.name", topicPrefix + service)
        .setAttribute("messaging.message.id", in.id())
        .setAttribute("messaging.kafka.message.key", in.key())
        .setAttribute("messaging.kafka.offset", in.offset())
        .startSpan();
  }

  Result ended(Span span, Inbound in, Result result) {
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
    return result;
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
