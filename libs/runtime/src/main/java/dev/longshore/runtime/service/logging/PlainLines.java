package dev.longshore.runtime.service.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import io.opentelemetry.api.trace.SpanContext;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/** {@code 2026-01-01T00:00:00.000Z INFO Observe - message trace=...} for people. */
final class PlainLines extends LineEncoder {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  PlainLines(Redaction redaction) {
    super(redaction);
  }

  @Override
  String line(
      Instant time, ILoggingEvent event, String message, SpanContext span, @Nullable String error) {
    String logger = event.getLoggerName();
    String entry =
        "%s %-5s %s - %s%s"
            .formatted(
                TIME.format(time),
                event.getLevel(),
                logger.substring(logger.lastIndexOf('.') + 1),
                // One event is one line: foreign content must not look like another event.
                message.replace("\n", "\\n").replace("\r", "\\r"),
                span.isValid() ? " trace=" + span.getTraceId() : "");
    return error == null ? entry : entry + "\n" + error.stripTrailing();
  }
}
