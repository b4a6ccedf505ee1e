package dev.longshore.converter.ingest;

import dev.longshore.runtime.kafka.step.PermanentFailure;
import dev.longshore.runtime.kafka.step.TransientFailure;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Scope;
import java.util.Objects;

/** Spans of a conversion: what it waits for, and how many bytes. */
public final class Spans {
  /** Digest of the image or blob. */
  public static final AttributeKey<String> DIGEST = AttributeKey.stringKey("longshore.digest");

  /** Bytes of content. */
  public static final AttributeKey<Long> BYTES = AttributeKey.longKey("longshore.bytes");

  public static final AttributeKey<String> CID = AttributeKey.stringKey("longshore.cid");
  public static final AttributeKey<String> MODE = AttributeKey.stringKey("longshore.mode");
  public static final AttributeKey<String> PEER = AttributeKey.stringKey("longshore.peer");

  private final Tracer tracer;

  public Spans(OpenTelemetry telemetry) {
    this.tracer = telemetry.getTracer("dev.longshore.converter");
  }

  /** The work within a span. */
  @FunctionalInterface
  public interface Work<T> {
    T run() throws TransientFailure, PermanentFailure, InterruptedException;
  }

  /** Runs the work in a span that is a child of the current one. */
  public <T> T in(String name, Attributes attributes, Work<T> work)
      throws TransientFailure, PermanentFailure, InterruptedException {
    Span span = tracer.spanBuilder(name).setAllAttributes(attributes).startSpan();
    boolean done = false;
    try (Scope _ = span.makeCurrent()) {
      T result = work.run();
      done = true;
      return result;
    } catch (TransientFailure | PermanentFailure e) {
      span.setAttribute("error.type", e.getClass().getSimpleName());
      span.setStatus(StatusCode.ERROR, Objects.toString(e.getMessage(), ""));
      done = true;
      throw e;
    } finally {
      if (!done) {
        span.setStatus(StatusCode.ERROR, "broken off");
      }
      span.end();
    }
  }
}
