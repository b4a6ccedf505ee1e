package dev.longshore.runtime.service.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.opentelemetry.api.trace.SpanContext;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** One JSON object per line: time, level, logger, thread, message, trace_id, span_id, error. */
final class JsonLines extends LineEncoder {
  JsonLines(Redaction redaction) {
    super(redaction);
  }

  @Override
  String line(
      Instant time, ILoggingEvent event, String message, SpanContext span, @Nullable String error) {
    ObjectNode line = JsonNodeFactory.instance.objectNode();
    line.put("time", time.toString())
        .put("level", event.getLevel().toString())
        .put("logger", event.getLoggerName())
        .put("thread", event.getThreadName())
        .put("message", message);
    if (span.isValid()) {
      line.put("trace_id", span.getTraceId()).put("span_id", span.getSpanId());
    }
    if (error != null) {
      line.put("error", error);
    }
    return line.toString();
  }
}
