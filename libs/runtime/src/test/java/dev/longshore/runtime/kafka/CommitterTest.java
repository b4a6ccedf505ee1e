package dev.longshore.runtime.kafka;

import static dev.longshore.runtime.testing.Samples.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.Partition;
import dev.longshore.catalog.testing.InMemoryCatalogSource;
import dev.longshore.catalog.testing.RecordLog;
import dev.longshore.events.Topic;
import dev.longshore.model.ImageDag;
import dev.longshore.runtime.kafka.record.Envelopes;
import dev.longshore.runtime.testing.Eventually;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Commits whose end is seen, not seen, or not there. */
final class CommitterTest {
  private static final TopicPartition PARTITION = new TopicPartition("observed", 3);

  private static final ConsumerGroupMetadata GROUP =
      new MockConsumer<String, byte[]>("earliest").groupMetadata();

  private final Clock clock = Clock.systemUTC();
  private final Catalog catalog = Catalog.inMemory(clock);
  private final Ledger ledger = new Ledger(7, new BitSet());
  private final Assigned assigned = new Assigned(PARTITION, Topic.OBSERVED, ledger, Instant.EPOCH);
  private final List<MockProducer<String, byte[]>> producers = new CopyOnWriteArrayList<>();
  private final List<RuntimeException> failures = new ArrayList<>();
  private final AtomicBoolean wasCommitted = new AtomicBoolean();
  private final Map<TopicPartition, OffsetAndMetadata> groupOffsets = new ConcurrentHashMap<>();
  private final AtomicReference<Runnable> membershipAsked = new AtomicReference<>(() -> {});
  private final AtomicInteger asked = new AtomicInteger();
  private final AtomicInteger underWay = new AtomicInteger();
  private Runnable committed = () -> {};
  private final InMemoryCatalogSource source =
      new InMemoryCatalogSource(new RecordLog(), catalog, clock);
  private Committer committer;

  @BeforeEach
  void start() {
    source.start();
    committer =
        new Committer(
            "test",
            this::producer,
            () -> {
              membershipAsked.get().run();
              return GROUP;
            },
            wanted -> {
              asked.incrementAndGet();
              return wasCommitted.get() || groupOffsets.entrySet().containsAll(wanted.entrySet());
            },
            new CatchUp(source),
            catalog,
            new Committed(""),
            new CommitBatching<>(
                underWay::get,
                () -> 0,
                CommitRequest::hasWorker,
                CommitRequest::endsMessage,
                System::nanoTime));
    ledger.accept(7);
    ledger.accept(8);
  }

  @AfterEach
  void close() {
    committer.close(Duration.ofSeconds(10));
    source.close();
    catalog.close();
  }

  private MockProducer<String, byte[]> producer() {
    MockProducer<String, byte[]> producer =
        new MockProducer<>(true, null, new StringSerializer(), new ByteArraySerializer()) {
          @Override
          public void commitTransaction() {
            super.commitTransaction();
            committed.run();
          }
        };
    if (!failures.isEmpty()) {
      producer.commitTransactionException = failures.removeFirst();
    }
    producers.add(producer);
    return producer;
  }

  private CommitRequest request(Optional<Long> ending) {
    Envelopes envelopes = new Envelopes("", "tester", clock);
    ProducerRecord<String, byte[]> record = envelopes.seal(state("a key", 1), "an id");
    return new CommitRequest(assigned, List.of(record), ending);
  }

  private void commit(Optional<Long> ending) throws InterruptedException {
    committer.start();
    CommitRequest request = request(ending);
    committer.submit(request);
    request.await();
  }

  private static int committedRecords(MockProducer<String, byte[]> producer) {
    return producer.history().size();
  }

  private Map<TopicPartition, OffsetAndMetadata> committedOffsets() {
    return producers.getLast().consumerGroupOffsetsHistory().getLast().get(GROUP.groupId());
  }

  @Test
  void recordsAndOffsetsAreCommittedTogetherAndTheCatalogShowsThem() throws Exception {
    commit(Optional.of(8L));
    assertThat(committedRecords(producers.getFirst())).isEqualTo(1);
    // 8 has ended above 7: bit 1.
    assertThat(committedOffsets()).containsEntry(PARTITION, new OffsetAndMetadata(7, "Ag=="));
    assertThat(catalog.pins().of(ImageDag.stored("a key"))).contains(state("a key", 1));
    assertThat(ledger.underWay()).isEqualTo(1);
    assertThat(committer.trouble()).isEmpty();
  }

  /** Its offset may be another record's: then the topic was made anew, or has lost its end. */
  @Test
  void whatIsCommittedAsItsSourceBeginsAnewIsReadAgain() throws Exception {
    Partition partition = new Partition(Topic.PINS, 0);
    commit(Optional.empty());
    assertThat(catalog.writer().has(partition, 0)).isTrue();

    committed = () -> catalog.writer().begin();
    CommitRequest request = request(Optional.of(7L));
    committer.submit(request);
    request.await();

    assertThat(catalog.writer().has(partition, 0)).as("before").isFalse();
    assertThat(catalog.writer().has(partition, 1)).as("meanwhile").isFalse();
    assertThat(catalog.pins().of(ImageDag.stored("a key"))).isPresent();
  }

  @Test
  void whatIsPublishedCommitsTheOffsetsAsTheyAre() throws Exception {
    commit(Optional.empty());
    assertThat(committedOffsets()).containsEntry(PARTITION, new OffsetAndMetadata(7, ""));
  }

  @Test
  void aFencedProducerIsReplacedAndTheRecordsAreWrittenByTheNextOne() throws Exception {
    failures.add(new ProducerFencedException("another one"));
    commit(Optional.of(7L));
    assertThat(producers).hasSize(2);
    assertThat(producers.getFirst().closed()).isTrue();
    assertThat(committedRecords(producers.getLast())).isEqualTo(1);
    assertThat(asked).hasValue(1);
    assertThat(committer.trouble()).isEmpty();
  }

  @Test
  void aCommitThatHappenedUnseenIsNotRepeated() throws Exception {
    failures.add(new TimeoutException("no answer"));
    wasCommitted.set(true);
    commit(Optional.of(7L));
    assertThat(producers).hasSize(2);
    assertThat(committedRecords(producers.getLast())).isZero();
    assertThat(ledger.after(Set.of())).isEqualTo(new OffsetAndMetadata(8, ""));
  }

  @Test
  void anUnseenCommitThatLeavesNoTraceInTheOffsetsIsRepeated() throws Exception {
    failures.add(new TimeoutException("no answer"));
    wasCommitted.set(true);
    commit(Optional.empty());
    assertThat(asked).hasValue(0);
    assertThat(committedRecords(producers.getLast())).isEqualTo(1);
  }

  @Test
  void anUnseenCommitIsRepeatedWhenThePartitionThatWouldTellOfItIsGone() throws Exception {
    TopicPartition published = new TopicPartition("observed", 4);
    Ledger its = new Ledger(2, new BitSet());
    its.accept(2);
    groupOffsets.put(published, its.after(Set.of()));
    failures.add(new TimeoutException("no answer"));
    CommitRequest ends = request(Optional.of(7L));
    CommitRequest publishes =
        new CommitRequest(
            new Assigned(published, Topic.OBSERVED, its, Instant.EPOCH),
            ends.records(),
            Optional.empty());
    committer.submit(ends);
    committer.submit(publishes);
    AtomicInteger looks = new AtomicInteger();
    membershipAsked.set(
        () -> {
          if (looks.incrementAndGet() == 2) {
            assigned.lose();
          }
        });

    committer.start();

    publishes.await();
    assertThatThrownBy(ends::await).isInstanceOf(InterruptedException.class);
    assertThat(producers).hasSize(2);
    assertThat(committedRecords(producers.getLast())).isEqualTo(1);
  }

  /** The next owner of the one that went has committed since. */
  @Test
  void anUnseenCommitIsNotRepeatedThoughAPartitionOfItIsGone() throws Exception {
    TopicPartition staying = new TopicPartition("observed", 4);
    Ledger its = new Ledger(2, new BitSet());
    its.accept(2);
    groupOffsets.put(staying, its.after(Set.of(2L)));
    groupOffsets.put(PARTITION, new OffsetAndMetadata(9, ""));
    failures.add(new TimeoutException("no answer"));
    CommitRequest leaves = request(Optional.of(7L));
    CommitRequest stays =
        new CommitRequest(
            new Assigned(staying, Topic.OBSERVED, its, Instant.EPOCH),
            leaves.records(),
            Optional.of(2L));
    committer.submit(leaves);
    committer.submit(stays);
    AtomicInteger looks = new AtomicInteger();
    membershipAsked.set(
        () -> {
          if (looks.incrementAndGet() == 2) {
            assigned.lose();
          }
        });

    committer.start();

    stays.await();
    assertThatThrownBy(leaves::await).isInstanceOf(InterruptedException.class);
    assertThat(producers).hasSize(2);
    assertThat(committedRecords(producers.getLast())).isZero();
  }

  @Test
  void nothingIsCommittedForAPartitionThatIsGone() {
    assigned.lose();
    assertThatThrownBy(() -> commit(Optional.of(7L))).isInstanceOf(InterruptedException.class);
    assertThat(producers).allMatch(producer -> producer.history().isEmpty());
  }

  @Test
  void aPartitionThatGoesAsTheMembershipIsReadIsNotWrittenForAsALaterMember() {
    membershipAsked.set(assigned::lose);
    assertThatThrownBy(() -> commit(Optional.of(7L))).isInstanceOf(InterruptedException.class);
    assertThat(producers).allSatisfy(producer -> assertThat(producer.history()).isEmpty());
  }

  @Test
  void whileNothingCanBeCommittedItSaysWhy() throws Exception {
    for (int i = 0; i < 4; i++) {
      failures.add(new TimeoutException("no answer"));
    }
    committer.start();
    CommitRequest request = request(Optional.of(7L));
    committer.submit(request);
    Eventually.await("trouble", () -> committer.trouble().isPresent());
    assertThat(committer.trouble().get()).contains("no answer");
    request.await();
    assertThat(committer.trouble()).isEmpty();
  }

  @Test
  void aDefectThatEndsCommittingIsTold() {
    membershipAsked.set(
        () -> {
          throw new NoSuchMethodError("of a jar that was exchanged");
        });
    assertThatThrownBy(() -> commit(Optional.of(7L))).isInstanceOf(InterruptedException.class);
    Eventually.await(
        "trouble is reported",
        () -> committer.trouble().orElse("").contains("goes on only after a restart"));
    assertThat(committer.trouble().get()).contains("of a jar that was exchanged");
  }
}
