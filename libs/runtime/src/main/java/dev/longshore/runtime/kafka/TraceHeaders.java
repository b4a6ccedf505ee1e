package dev.longshore.runtime.kafka;

import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/** W3C trace context as plain headers ({@code traceparent}, {@code tracestate}). */
final class TraceHeaders {
  private static final W3CTraceContextPropagator W3C = W3CTraceContextPropagator.getInstance();

  private TraceHeaders() {}

  static void inject(Context context, Headers headers) {
    W3C.inject(context, headers, (to, name, value) -> HeaderText.put(headers, name, value));
  }

  static Context extract(Headers headers) {
    return W3C.extract(Context.root(), headers, FromHeaders.GETTER);
  }

  private enum FromHeaders implements TextMapGetter<Headers> {
    GETTER;

    @Override
    public @Nullable String get(@Nullable Headers carrier, String name) {
      return carrier == null ? null : HeaderText.get(carrier, name);
    }
  }
}
