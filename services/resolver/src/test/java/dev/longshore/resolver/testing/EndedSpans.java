package dev.longshore.resolver.testing;

import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.util.ArrayList;
import java.util.List;

/** Keeps every span that ended. */
public final class EndedSpans implements SpanProcessor {
  private final List<SpanData> spans = new ArrayList<>();

  /** All spans, once there are so many. */
  public synchronized List<SpanData> await(int count) throws InterruptedException {
    long end = System.nanoTime() + 20_000_000_000L;
    while (spans.size() < count) {
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        throw new AssertionError("only " + spans.size() + " of " + count + " spans ended");
      }
      wait(left);
    }
    return List.copyOf(spans);
  }

  /** Those that ended so far. */
  public synchronized List<SpanData> all() {
    return List.copyOf(spans);
  }

  @Override
  public synchronized void onEnd(ReadableSpan span) {
    spans.add(span.toSpanData());
    notifyAll();
  }

  @Override
  public boolean isEndRequired() {
    return true;
  }

  @Override
  public void onStart(Context parent, ReadWriteSpan span) {}

  @Override
  public boolean isStartRequired() {
    return false;
  }
}
