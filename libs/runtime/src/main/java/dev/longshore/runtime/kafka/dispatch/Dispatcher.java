package dev.longshore.runtime.kafka.dispatch;

import dev.longshore.runtime.kafka.record.Inbound;
import dev.longshore.runtime.kafka.step.Progress;
import dev.longshore.runtime.service.endpoint.Endpoints;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Brings records to the step, in order for each key. A parked record waits for its endpoint outside
 * its key's lane, so that newer records of the key overtake it, and is then handled in the lane,
 * repeatedly until it ends. A record interrupted while it waits moves to the end of {@code retry},
 * so that the records behind it are read.
 */
public final class Dispatcher {
  private final Handler handler;
  private final Endpoints endpoints;
  private final Lanes lanes;
  private final Lanes waiting;

  /** A dispatcher of one service. */
  public Dispatcher(String service, Handler handler, Endpoints endpoints) {
    this.handler = handler;
    this.endpoints = endpoints;
    this.lanes = new Lanes(service);
    this.waiting = new Lanes(service + " waits");
  }

  /** The operations that a record's partition offers to its work. */
  public interface Work {
    /** The partition's worker threads, interrupted when it is revoked. */
    Workers workers();

    /** Commits records in the middle of the step. */
    void write(List<ProducerRecord<String, byte[]>> records) throws InterruptedException;

    /** Commits records together with the end of the record that the work is for. */
    void finish(List<ProducerRecord<String, byte[]>> records) throws InterruptedException;
  }

  /** Queues the record for handling; returns at once. */
  public void dispatch(Inbound in, Work work) {
    if (in.parked() == null) {
      lanes.submit(in.key(), () -> during(work, () -> handle(in, false, work)));
    } else {
      waitAndHandle(in, work);
    }
  }

  /** Number of records queued behind others of their key. */
  public int behind() {
    return lanes.behind();
  }

  private void waitAndHandle(Inbound in, Work work) {
    waiting.submit(in.key(), () -> during(work, () -> handleWhenOpen(in, work)));
  }

  private void handleWhenOpen(Inbound in, Work work) throws InterruptedException {
    String endpoint = Objects.requireNonNull(in.parked(), "parked").endpoint();
    AtomicBoolean tries = new AtomicBoolean();
    try {
      work.workers().idle(() -> tries.set(endpoints.awaitOpen(endpoint)));
    } catch (InterruptedException e) {
      if (!work.workers().isOpen()) {
        throw e;
      }
      work.finish(List.of(handler.parkedAgain(in)));
      return;
    }
    // Queue behind other records of the key: one that never succeeds must not block them.
    handleInLane(in, tries.get(), work).ifPresent(still -> waitAndHandle(still, work));
  }

  private Optional<Inbound> handleInLane(Inbound in, boolean tries, Work work)
      throws InterruptedException {
    CompletableFuture<Optional<Inbound>> outcome = new CompletableFuture<>();
    lanes.submit(
        in.key(),
        () -> {
          try {
            during(work, () -> outcome.complete(handle(in, tries, work)));
          } finally {
            // Without an outcome, the partition is gone with all its waiting records, or a defect
            // keeps this one for the next start.
            outcome.complete(Optional.empty());
          }
        });
    try {
      return work.workers().standBy(outcome);
    } catch (ExecutionException e) {
      throw new IllegalStateException("the outcome of " + in.key() + " is never a failure", e);
    }
  }

  /** Handles the record. Returns a record to handle later if its endpoint is still away. */
  private Optional<Inbound> handle(Inbound in, boolean tries, Work work)
      throws InterruptedException {
    return switch (handler.handle(in, tries, new StepWriter(work))) {
      case Result.Settled settled -> {
        work.finish(settled.records());
        Handler.runAfterCommit(settled.afterCommit());
        yield Optional.empty();
      }
      case Result.Away away when in.parked() != null -> {
        work.write(away.records());
        yield Optional.of(in.waitingFor(away.endpoint()));
      }
      case Result.Away away -> {
        work.finish(away.records());
        yield Optional.empty();
      }
    };
  }

  private record StepWriter(Work work) implements Handler.Writer {
    @Override
    public void write(List<ProducerRecord<String, byte[]>> records) throws InterruptedException {
      work.write(records);
    }

    @Override
    public void idle(Progress.Wait wait) throws InterruptedException {
      work.workers().idle(wait::run);
    }
  }

  @FunctionalInterface
  private interface Interruptible {
    void run() throws InterruptedException;
  }

  private static void during(Work work, Interruptible task) {
    if (!work.workers().enter()) {
      return;
    }
    try {
      task.run();
    } catch (InterruptedException e) {
      // The partition was revoked or the service stops, so its next owner handles the record. The
      // thread goes on with the lane's other tasks, so the interrupt ends here.
    } finally {
      work.workers().leave();
    }
  }
}
