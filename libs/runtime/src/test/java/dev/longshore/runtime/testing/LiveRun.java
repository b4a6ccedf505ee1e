package dev.longshore.runtime.testing;

import dev.longshore.runtime.kafka.dispatch.Dispatcher;
import dev.longshore.runtime.kafka.dispatch.Workers;
import dev.longshore.runtime.kafka.record.Inbound;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;

/** A service between its start and its stop. */
final class LiveRun {
  /** Steps of tests end soon after they are interrupted. */
  private static final Duration INTERRUPTED = Duration.ofSeconds(10);

  private final MemoryBus bus;
  private final Dispatcher dispatcher;
  private final Workers workers = new Workers();
  private boolean stopped;
  private int underWay;

  LiveRun(MemoryBus bus, Dispatcher dispatcher) {
    this.bus = bus;
    this.dispatcher = dispatcher;
  }

  /** Has the record handled in its turn; its end is noted together with its effects. */
  void dispatch(Inbound in, Runnable noteEnd) {
    synchronized (this) {
      underWay++;
    }
    dispatcher.dispatch(in, new Work(noteEnd));
  }

  /** Waits until all that was dispatched is handled, and those who follow know of it. */
  synchronized boolean awaitIdle(Duration limit) throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    for (long left = limit.toNanos(); left > 0 && underWay > 0; left = end - System.nanoTime()) {
      wait(Math.max(1, left / 1_000_000));
    }
    return underWay == 0;
  }

  private synchronized void ended() {
    underWay--;
    notifyAll();
  }

  void stop(Duration limit) {
    workers.drain();
    try {
      workers.awaitNone(limit);
      workers.close();
      workers.awaitNone(INTERRUPTED);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    synchronized (this) {
      stopped = true;
    }
  }

  private void commit(List<ProducerRecord<String, byte[]>> records, Runnable noteEnd)
      throws InterruptedException {
    synchronized (this) {
      if (stopped) {
        throw new InterruptedException("the service was stopped");
      }
      bus.appendAll(records);
      noteEnd.run();
    }
    bus.tell();
  }

  private final class Work implements Dispatcher.Work {
    private final Runnable noteEnd;

    Work(Runnable noteEnd) {
      this.noteEnd = noteEnd;
    }

    @Override
    public Workers workers() {
      return workers;
    }

    @Override
    public void write(List<ProducerRecord<String, byte[]>> records) throws InterruptedException {
      commit(records, () -> {});
    }

    @Override
    public void finish(List<ProducerRecord<String, byte[]>> records) throws InterruptedException {
      commit(records, noteEnd);
      ended();
    }
  }
}
