package dev.longshore.runtime.service.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Encodes one event as one entry. Runs on the logging thread, whose span is the current one. */
abstract class LineEncoder extends EncoderBase<ILoggingEvent> {
  private final Redaction redaction;

  LineEncoder(Redaction redaction) {
    this.redaction = redaction;
  }

  /**
   * One entry, without the newline at its end.
   *
   * @param span the current span; invalid outside of one
   * @param error stack trace, if there is one
   */
  abstract String line(
      Instant time, ILoggingEvent event, String message, SpanContext span, @Nullable String error);

  @Override
  public final byte[] encode(ILoggingEvent event) {
    IThrowableProxy thrown = event.getThrowableProxy();
    String error = thrown == null ? null : redaction.apply(ThrowableProxyUtil.asString(thrown));
    String line =
        line(
            event.getInstant(),
            event,
            redaction.apply(String.valueOf(event.getFormattedMessage())),
            Span.current().getSpanContext(),
            error);
    return (line + "\n").getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public final byte @Nullable [] headerBytes() {
    return null;
  }

  @Override
  public final byte @Nullable [] footerBytes() {
    return null;
  }
}
