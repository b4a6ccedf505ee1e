package dev.longshore.runtime.service.telemetry;

import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/** Keeps the ended spans of this process, to show a trace without a collector. */
public final class RecordedSpans implements SpanProcessor {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition ended = lock.newCondition();
  private final Map<String, List<SpanData>> traces = new LinkedHashMap<>();
  private final int capacity;
  private int held;

  /**
   * @param capacity most spans; beyond it the oldest trace is dropped entirely
   */
  public RecordedSpans(int capacity) {
    if (capacity < 1) {
      throw new IllegalArgumentException("capacity: " + capacity + " (expected: 1 or more)");
    }
    this.capacity = capacity;
  }

  /** The trace's ended spans in the order of their start. */
  public List<SpanData> trace(String traceId) {
    lock.lock();
    try {
      return traces.getOrDefault(traceId, List.of()).stream()
          .sorted(Comparator.comparingLong(SpanData::getStartEpochNanos))
          .toList();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until the trace's spans meet the caller's condition.
   *
   * @return the spans then, or those at the time limit
   */
  public List<SpanData> await(String traceId, Predicate<List<SpanData>> enough, Duration limit)
      throws InterruptedException {
    long nanos = limit.toNanos();
    lock.lockInterruptibly();
    try {
      List<SpanData> spans = trace(traceId);
      while (!enough.test(spans) && nanos > 0) {
        nanos = ended.awaitNanos(nanos);
        spans = trace(traceId);
      }
      return spans;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void onEnd(ReadableSpan span) {
    SpanData data = span.toSpanData();
    lock.lock();
    try {
      traces.computeIfAbsent(data.getTraceId(), _ -> new ArrayList<>()).add(data);
      held++;
      while (held > capacity) {
        held -= dropOldest();
      }
      ended.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private int dropOldest() {
    String oldest = traces.keySet().iterator().next();
    List<SpanData> dropped = traces.remove(oldest);
    return dropped == null ? 0 : dropped.size();
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
