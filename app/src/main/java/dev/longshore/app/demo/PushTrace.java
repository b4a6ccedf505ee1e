package dev.longshore.app.demo;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Finds the trace of a push: the one in which the image's name is first handled as a key of a Kafka
 * topic.
 */
public final class PushTrace implements SpanProcessor {
  private static final AttributeKey<String> KEY =
      AttributeKey.stringKey("messaging.kafka.message.key");

  private final AtomicReference<String> key = new AtomicReference<>("");
  private final CompletableFuture<String> found = new CompletableFuture<>();

  /** Sets the push to look for, before it happens. */
  void lookFor(String name) {
    key.set(name);
  }

  /** The trace's id. */
  String await(Duration limit) throws InterruptedException, TimeoutException {
    try {
      return found.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new IllegalStateException("never completed exceptionally", e);
    }
  }

  @Override
  public void onStart(Context parent, ReadWriteSpan span) {
    if (Objects.equals(span.getAttribute(KEY), key.get())) {
      found.complete(span.getSpanContext().getTraceId());
    }
  }

  @Override
  public boolean isStartRequired() {
    return true;
  }

  @Override
  public void onEnd(ReadableSpan span) {}

  @Override
  public boolean isEndRequired() {
    return false;
  }

  @Override
  public CompletableResultCode shutdown() {
    return CompletableResultCode.ofSuccess();
  }
}
