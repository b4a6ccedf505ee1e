package dev.longshore.runtime.kafka;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Records that wait for a transaction, and the end of the record that caused them. */
final class CommitRequest {
  private final Assigned assigned;
  private final List<ProducerRecord<String, byte[]>> records;
  private final Optional<Long> ending;
  private final boolean hasWorker;
  private final CompletableFuture<Boolean> committed = new CompletableFuture<>();

  /**
   * A request of a worker that waits for it.
   *
   * @param assigned the work's partition, whose offset is committed as well
   * @param records may be empty
   * @param ending offset of the record that ends, if one does
   */
  CommitRequest(
      Assigned assigned, List<ProducerRecord<String, byte[]>> records, Optional<Long> ending) {
    this(assigned, records, ending, true);
  }

  private CommitRequest(
      Assigned assigned,
      List<ProducerRecord<String, byte[]>> records,
      Optional<Long> ending,
      boolean hasWorker) {
    this.hasWorker = hasWorker;
    this.assigned = assigned;
    this.records = records;
    this.ending = ending;
  }

  /** A request of no worker, to commit the partition's offset alone. */
  static CommitRequest ofOffset(Assigned assigned, Optional<Long> ending) {
    return new CommitRequest(assigned, List.of(), ending, false);
  }

  boolean hasWorker() {
    return hasWorker;
  }

  /** Whether a message ends with it that Kafka brought. */
  boolean endsMessage() {
    return hasWorker && ending.isPresent();
  }

  Assigned assigned() {
    return assigned;
  }

  List<ProducerRecord<String, byte[]>> records() {
    return records;
  }

  Optional<Long> ending() {
    return ending;
  }

  /** Waits for the commit; throws if the partition was revoked before it. */
  void await() throws InterruptedException {
    try {
      if (!committed.get()) {
        throw new InterruptedException(assigned.partition() + " was taken away");
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("a commit is never given up with a failure", e);
    }
  }

  void settle(boolean done) {
    committed.complete(done);
  }
}
