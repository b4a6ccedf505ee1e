package dev.longshore.runtime.edge.audit;

import dev.longshore.runtime.service.lifecycle.Loop;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.LongCounter;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One outlet of the audit log, with its own thread. Entries without room are dropped, counted, and
 * reported in the service's log.
 */
final class Outlet {
  private static final Logger LOG = LoggerFactory.getLogger(Outlet.class);
  private static final AttributeKey<String> TO = AttributeKey.stringKey("to");

  /** Limit of waiting entries: some seconds of a busy listener. */
  static final int WAITING = 4096;

  /** Pause between reports of dropped entries: a closed outlet would report each one. */
  private static final Duration TOLD_EVERY = Duration.ofSeconds(10);

  /** Its way is closed after it, and not while it writes. */
  private static final Duration FOREVER = Duration.ofDays(1);

  private final String name;
  private final AuditWay way;
  private final LongCounter counter;

  /** Entries, and behind the last one an empty one. */
  private final BlockingQueue<Optional<Entry>> waiting = new ArrayBlockingQueue<>(WAITING);

  private final AtomicLong leftOut = new AtomicLong();
  private volatile long toldAt = System.nanoTime() - TOLD_EVERY.toNanos();
  private final Loop worker;

  Outlet(String name, AuditWay way, LongCounter counter) {
    this.name = name;
    this.way = way;
    this.counter = counter;
    this.worker = new Loop("audit " + name, this::work);
  }

  void start() {
    worker.start();
  }

  /** Why it writes nothing any more, if so. */
  Optional<String> trouble() {
    return worker.trouble();
  }

  /** Queues an entry, or drops it; never waits. */
  void add(Entry entry) {
    if (!waiting.offer(Optional.of(entry))) {
      leaveOut(WAITING + " entries wait already");
    }
  }

  /** Counts a dropped entry, and reports it now and then. */
  void leaveOut(String why) {
    counter.add(1, Attributes.of(TO, name));
    leftOut.incrementAndGet();
    long now = System.nanoTime();
    if (now - toldAt >= TOLD_EVERY.toNanos()) {
      toldAt = now;
      tell(why);
    }
  }

  private void tell(String why) {
    LOG.warn("audit: {} entries were not written to the {}: {}", leftOut.getAndSet(0), name, why);
  }

  private void work() throws InterruptedException {
    for (Optional<Entry> next = waiting.take(); next.isPresent(); next = waiting.take()) {
      pass(next.get());
    }
  }

  private void pass(Entry entry) {
    try {
      way.take(entry, this::leaveOut);
    } catch (RuntimeException
        | Error e) { // The next entry must be written whatever happened to this one.
      leaveOut(e.toString());
    }
  }

  /** Writes the waiting entries, within the time. */
  void stop(Duration limit) throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    worker.expectEnd();
    boolean _ = waiting.offer(Optional.empty(), limit.toNanos(), TimeUnit.NANOSECONDS);
    if (!worker.awaitEnd(Duration.ofNanos(Math.max(0, end - System.nanoTime())))) {
      boolean _ = worker.stop(FOREVER);
    }
    leftOut.addAndGet(waiting.stream().filter(Optional::isPresent).count());
    if (leftOut.get() > 0) {
      tell("the service ended");
    }
    way.close();
  }
}
