package dev.longshore.runtime.kafka;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.CatalogException;
import dev.longshore.catalog.CatalogRecord;
import dev.longshore.runtime.kafka.link.KafkaFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the effects of steps: everything waiting goes into one transaction with the offsets of its
 * partitions, then into this service's catalog. Nothing is dropped while its partition is here: a
 * failed producer is replaced by a new one, which ends the old one's transaction.
 */
final class Committer {
  /** Limit of requests in one transaction, which keeps it far below its timeout. */
  private static final int BATCH_LIMIT = 500;

  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);
  private static final Logger log = LoggerFactory.getLogger(Committer.class);

  private final Supplier<Producer<String, byte[]>> producers;
  private final Supplier<ConsumerGroupMetadata> group;
  private final CommittedOffsets groupOffsets;
  private final CatchUp catchUp;
  private final Catalog catalog;
  private final Committed committed;
  private final CommitBatching<CommitRequest> gather;
  private final BlockingQueue<CommitRequest> queue = new LinkedBlockingQueue<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final AtomicReference<@Nullable String> trouble = new AtomicReference<>();
  private final Thread thread;
  private @Nullable Producer<String, byte[]> producer;

  /** The offsets that the group has committed. */
  @FunctionalInterface
  interface CommittedOffsets {
    /** Whether they are these, metadata included. */
    boolean are(Map<TopicPartition, OffsetAndMetadata> wanted) throws InterruptedException;
  }

  /**
   * @param producers makes transactional producers with one transactional id
   * @param group the consumer's current membership
   * @param groupOffsets called when the result of a commit is unknown
   * @param gather how long a request waits for others
   */
  Committer(
      String name,
      Supplier<Producer<String, byte[]>> producers,
      Supplier<ConsumerGroupMetadata> group,
      CommittedOffsets groupOffsets,
      CatchUp catchUp,
      Catalog catalog,
      Committed committed,
      CommitBatching<CommitRequest> gather) {
    this.gather = gather;
    this.producers = producers;
    this.group = group;
    this.groupOffsets = groupOffsets;
    this.catchUp = catchUp;
    this.catalog = catalog;
    this.committed = committed;
    // A platform thread: computing steps must not starve it.
    this.thread = new Thread(this::run, name + " commits");
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** Queues a commit; {@link CommitRequest#await} waits for it. */
  void submit(CommitRequest request) {
    queue.add(request);
  }

  /** Why nothing can be committed; empty while it can. */
  Optional<String> trouble() {
    return Optional.ofNullable(trouble.get());
  }

  /** Ends after the current transaction, if that ends within the limit. */
  void close(Duration limit) {
    closed.countDown();
    thread.interrupt();
    try {
      if (!thread.join(limit)) {
        log.warn("{} has not ended within {}", thread.getName(), limit);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    List<CommitRequest> batch = new ArrayList<>();
    try {
      prepare();
      while (isOpen()) {
        batch.add(queue.take());
        gather.fill(batch, BATCH_LIMIT, queue);
        commit(batch);
        batch.clear();
      }
    } catch (InterruptedException | InterruptException e) {
      log.debug("{} ends", thread.getName());
    } catch (RuntimeException | Error e) { // Otherwise committing would end unnoticed.
      String text = "committing to Kafka has ended, and goes on only after a restart: " + e;
      trouble.set(text);
      log.error("{}", text, e);
    } finally {
      discardProducer();
      batch.forEach(request -> request.settle(false));
      queue.forEach(request -> request.settle(false));
    }
  }

  /** Creates the first producer before the first commit: it ends a killed process's transaction. */
  private void prepare() throws InterruptedException {
    try {
      producer();
    } catch (InterruptException e) {
      throw e;
    } catch (KafkaException e) {
      note(e);
    }
  }

  private boolean isOpen() {
    return closed.getCount() > 0;
  }

  /** Returns when every request is committed or its partition is gone. */
  private void commit(List<CommitRequest> batch) throws InterruptedException {
    Duration pause = FIRST_PAUSE;
    boolean inDoubt = false;
    Map<TopicPartition, OffsetAndMetadata> wanted = new HashMap<>();
    while (true) {
      try {
        Producer<String, byte[]> current = producer();
        // Take the membership before dropping revoked work: a later revocation changes the
        // membership, and Kafka refuses this one. A later membership could write for partitions
        // that are gone.
        ConsumerGroupMetadata membership = group.get();
        dropGone(batch);
        if (batch.isEmpty()) {
          return;
        }
        wanted.keySet().retainAll(offsets(batch).keySet());
        if (inDoubt && leavesTrace(batch) && groupOffsets.are(wanted)) {
          catchUp.await(this::isOpen);
          settle(batch);
          return;
        }
        inDoubt = false;
        wanted = offsets(batch);
        long beginnings = catalog.writer().beginnings();
        List<Sent> sent = send(current, membership, batch, wanted);
        inDoubt = true;
        current.commitTransaction();
        trouble.set(null);
        keep(sent, beginnings);
        settle(batch);
        return;
      } catch (InterruptException e) {
        throw e;
      } catch (RuntimeException e) {
        // Whatever a client throws (fenced, timed out, in an unknown state), start with a new one.
        note(e);
        discardProducer();
        dropGone(batch);
        if (batch.isEmpty()) {
          return;
        }
      }
      if (closed.await(pause.toNanos(), TimeUnit.NANOSECONDS)) {
        throw new InterruptedException("closed");
      }
      pause = min(pause.multipliedBy(2), LONGEST_PAUSE);
    }
  }

  /**
   * Whether the group's offsets show that the batch was committed: a batch that ends no record does
   * not change them, and is written again.
   */
  private static boolean leavesTrace(List<CommitRequest> batch) {
    return batch.stream().anyMatch(request -> request.ending().isPresent());
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  private static void dropGone(List<CommitRequest> batch) {
    batch.removeIf(
        request -> {
          boolean gone = request.assigned().isGone();
          if (gone) {
            request.settle(false);
          }
          return gone;
        });
  }

  private record Sent(ProducerRecord<String, byte[]> record, Future<RecordMetadata> place) {}

  private List<Sent> send(
      Producer<String, byte[]> current,
      ConsumerGroupMetadata membership,
      List<CommitRequest> batch,
      Map<TopicPartition, OffsetAndMetadata> offsets) {
    current.beginTransaction();
    List<Sent> sent = new ArrayList<>();
    for (CommitRequest request : batch) {
      for (ProducerRecord<String, byte[]> record : request.records()) {
        sent.add(new Sent(record, current.send(record)));
      }
    }
    current.sendOffsetsToTransaction(offsets, membership);
    return sent;
  }

  private static Map<Assigned, Set<Long>> ending(List<CommitRequest> batch) {
    Map<Assigned, Set<Long>> ending = new HashMap<>();
    for (CommitRequest request : batch) {
      Set<Long> offsets = ending.computeIfAbsent(request.assigned(), _ -> new HashSet<>());
      request.ending().ifPresent(offsets::add);
    }
    return ending;
  }

  private static Map<TopicPartition, OffsetAndMetadata> offsets(List<CommitRequest> batch) {
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    ending(batch).forEach((a, ended) -> offsets.put(a.partition(), a.ledger().after(ended)));
    return offsets;
  }

  private static void settle(List<CommitRequest> batch) {
    ending(batch).forEach((assigned, ended) -> assigned.ledger().finish(ended));
    batch.forEach(request -> request.settle(true));
  }

  /** Applies the records to this service's catalog before its next messages. */
  private void keep(List<Sent> sent, long beginnings) throws InterruptedException {
    List<CatalogRecord> records = new ArrayList<>();
    for (Sent one : sent) {
      RecordMetadata place = place(one.place());
      committed
          .read(one.record(), place.partition(), place.offset(), place.timestamp())
          .ifPresent(records::add);
    }
    while (!records.isEmpty() && isOpen()) {
      try {
        catalog.writer().apply(records, beginnings);
        return;
      } catch (CatalogException e) {
        // Going on would let steps act on outdated state.
        note(e);
        if (closed.await(LONGEST_PAUSE.toNanos(), TimeUnit.NANOSECONDS)) {
          throw new InterruptedException("closed");
        }
      }
    }
  }

  private static RecordMetadata place(Future<RecordMetadata> place) throws InterruptedException {
    try {
      return place.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("a committed record has no place", e);
    }
  }

  private Producer<String, byte[]> producer() {
    Producer<String, byte[]> current = producer;
    if (current == null) {
      current = producers.get();
      producer = current;
      current.initTransactions();
    }
    return current;
  }

  private void discardProducer() {
    Producer<String, byte[]> old = producer;
    producer = null;
    if (old != null) {
      boolean interrupted = Thread.interrupted();
      old.close(Duration.ZERO);
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void note(RuntimeException e) {
    String text = "committing to Kafka: " + KafkaFailure.words(e);
    if (trouble.getAndSet(text) == null && isOpen()) {
      log.warn("{}; goes on trying", text);
    }
  }
}
