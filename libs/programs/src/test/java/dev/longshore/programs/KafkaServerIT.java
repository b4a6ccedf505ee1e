package dev.longshore.programs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.common.utils.internals.Exit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class KafkaServerIT {
  private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(30);

  /** The more there are, the longer their loss of a leader takes, and the surer the fault shows. */
  private static final int TOPICS = 20;

  private static final int PARTITIONS = 12;
  private static final String ID = "who-commits";
  private static final TopicPartition WRITTEN = new TopicPartition("topic-0", 0);

  /** Offset, length, epoch and magic come first. */
  private static final int ATTRIBUTES = 21;

  private static final int CONTROL = 0x20;

  @TempDir Path folder;

  /**
   * A kill after the decision to commit, and before the markers: the next process writes them. One
   * that takes itself for the leader while it listens nowhere yet does not (KAFKA-20734).
   */
  @Test
  @Timeout(120)
  void commitsWhatAKillCutOffBetweenDecisionAndMarkers() throws Exception {
    List<Integer> ports = FreePorts.find(2);
    Kafka first = kafka(ports, "first");
    Kafka second = kafka(ports, "second");
    KafkaServer server = KafkaServer.start(first);
    try {
      commit(first);
      copy(first.data(), second.data()); // what a kill leaves
    } finally {
      server.close();
    }
    cutLast(second.data().resolve(WRITTEN.toString()), true);
    cutLast(second.data().resolve("__transaction_state-0"), false);

    server = KafkaServer.start(second);
    try (Admin admin = Admin.create(connection(second))) {
      long end = System.nanoTime() + LIMIT_NANOS;
      while (stable(admin, IsolationLevel.READ_COMMITTED) < 2 && System.nanoTime() < end) {
        Thread.onSpinWait();
      }
      assertThat(stable(admin, IsolationLevel.READ_COMMITTED))
          .as("last stable offset, the record's and the marker's behind it")
          .isEqualTo(2);
    } finally {
      server.close();
    }
  }

  /** Where no new file can be made, Kafka would end the process, and nothing would say why. */
  @Test
  @Timeout(120)
  void saysThatItsDiskRefusesAndLeavesItsProcessAlone() throws Exception {
    Kafka kafka =
        kafka(FreePorts.find(2), "refused").with(Map.of("metadata.log.segment.ms", "100"));
    BlockingQueue<String> failed = new LinkedBlockingQueue<>();
    try (KafkaServer _ = KafkaServer.start(kafka, failed::add)) {
      delete(kafka.data());

      assertThat(failed.poll(LIMIT_NANOS, TimeUnit.NANOSECONDS))
          .contains("kafka on port " + kafka.own().port(), kafka.data().toString());
    } finally {
      Exit.resetExitProcedure();
      Exit.resetHaltProcedure();
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private Kafka kafka(List<Integer> ports, String name) {
    return Kafka.alone(new Kafka.Node(ports.getFirst(), ports.getLast()), folder.resolve(name))
        .with(Map.of("log.index.size.max.bytes", "65536", "broker.session.timeout.ms", "10000"));
  }

  private static Map<String, Object> connection(Kafka kafka) {
    return Map.of("bootstrap.servers", kafka.own().address());
  }

  private static void commit(Kafka kafka) throws Exception {
    Map<String, Object> connection = connection(kafka);
    try (Admin admin = Admin.create(connection);
        KafkaProducer<String, String> producer =
            new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.own().address(), "transactional.id", ID),
                new StringSerializer(),
                new StringSerializer())) {
      admin
          .createTopics(
              IntStream.range(0, TOPICS)
                  .mapToObj(n -> new NewTopic("topic-" + n, PARTITIONS, (short) 1))
                  .toList())
          .all()
          .get();
      producer.initTransactions();
      producer.beginTransaction();
      var _ =
          producer.send(new ProducerRecord<>(WRITTEN.topic(), WRITTEN.partition(), "key", "value"));
      producer.commitTransaction();
      long end = System.nanoTime() + LIMIT_NANOS;
      while (state(admin) != TransactionState.COMPLETE_COMMIT && System.nanoTime() < end) {
        Thread.onSpinWait();
      }
      assertThat(state(admin)).isEqualTo(TransactionState.COMPLETE_COMMIT);
    }
  }

  private static TransactionState state(Admin admin) throws Exception {
    return admin.describeTransactions(List.of(ID)).description(ID).get().state();
  }

  private static long stable(Admin admin, IsolationLevel level) throws Exception {
    return admin
        .listOffsets(Map.of(WRITTEN, OffsetSpec.latest()), new ListOffsetsOptions(level))
        .partitionResult(WRITTEN)
        .get()
        .offset();
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file)));
      }
    }
  }

  /** Takes the last batch off a log. */
  private static void cutLast(Path partition, boolean marker) throws IOException {
    Path log = partition.resolve("00000000000000000000.log");
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(log));
    int last = 0;
    int next = 0;
    while (next < bytes.limit()) {
      last = next;
      next += Long.BYTES + Integer.BYTES + bytes.getInt(next + Long.BYTES);
    }
    assertThat((bytes.getShort(last + ATTRIBUTES) & CONTROL) != 0)
        .as("the last batch of %s is a marker", partition)
        .isEqualTo(marker);
    try (FileChannel channel = FileChannel.open(log, StandardOpenOption.WRITE)) {
      channel.truncate(last);
    }
  }
}
