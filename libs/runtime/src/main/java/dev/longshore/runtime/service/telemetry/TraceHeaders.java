package dev.longshore.runtime.service.telemetry;

import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapSetter;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Carries a trace in the headers of W3C Trace Context: traceparent and tracestate. */
public final class TraceHeaders {
  private static final W3CTraceContextPropagator W3C = W3CTraceContextPropagator.getInstance();
  private static final TextMapSetter<BiConsumer<String, String>> SETTER =
      (headers, name, value) -> {
        if (headers != null) {
          headers.accept(name, value);
        }
      };
  private static final TextMapGetter<Lookup> GETTER =
      new TextMapGetter<>() {
        @Override
        public @Nullable String get(@Nullable Lookup headers, String name) {
          return headers == null ? null : headers.header(name);
        }
      };

  /** Finds a header's value by its lower-case name. */
  @FunctionalInterface
  public interface Lookup {
    @Nullable String header(String name);
  }

  private TraceHeaders() {}

  /** Writes the context's headers; none outside of a span. */
  public static void inject(Context context, BiConsumer<String, String> header) {
    W3C.inject(context, header, SETTER);
  }

  /** The context's headers; empty outside of a span. */
  public static Map<String, String> inject(Context context) {
    Map<String, String> headers = new TreeMap<>();
    inject(context, headers::put);
    return headers;
  }

  /** The root context with the span from the headers, or without one if they have none. */
  public static Context extract(Lookup headers) {
    return W3C.extract(Context.root(), headers, GETTER);
  }

  /** The same from a map with lower-case names. */
  public static Context extract(Map<String, String> headers) {
    return extract(headers::get);
  }
}
