package dev.longshore.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.app.settings.Settings;
import dev.longshore.catalog.Catalog;
import dev.longshore.events.Converted;
import dev.longshore.events.ImageState;
import dev.longshore.events.Observed;
import dev.longshore.events.Origin;
import dev.longshore.events.PinState;
import dev.longshore.events.Topic;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.PinProgress;
import dev.longshore.ipfs.testing.InMemoryIpfsNode;
import dev.longshore.ipfs.testing.InMemorySwarm;
import dev.longshore.ipfs.unixfs.UnixFsFileBuilder;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.model.Mode;
import dev.longshore.model.ModeName;
import dev.longshore.model.PeerName;
import dev.longshore.model.Recipe;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.RootCid;
import dev.longshore.model.Tag;
import dev.longshore.pinner.PinnerService;
import dev.longshore.runtime.config.ServiceContext;
import dev.longshore.runtime.edge.audit.AuditSink;
import dev.longshore.runtime.kafka.ConsumerSettings;
import dev.longshore.runtime.kafka.KeyedConsumer;
import dev.longshore.runtime.kafka.OpenGap;
import dev.longshore.runtime.kafka.follow.CatalogFollower;
import dev.longshore.runtime.kafka.record.EventSender;
import dev.longshore.runtime.kafka.record.ServiceId;
import dev.longshore.runtime.kafka.step.Effects;
import dev.longshore.runtime.kafka.step.Message;
import dev.longshore.runtime.kafka.step.Step;
import dev.longshore.runtime.kafka.topics.TopicAdmin;
import dev.longshore.runtime.kafka.topics.Topics;
import dev.longshore.runtime.service.endpoint.Endpoints;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.runtime.testing.KafkaBroker;
import dev.longshore.runtime.testing.SharedKafka;
import io.opentelemetry.api.OpenTelemetry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A pinner that was away for longer than a real Kafka keeps events. */
@Timeout(180)
class ReconciliationIT {
  private static final int IMAGES = 40;
  private static final Duration STOP = Duration.ofSeconds(10);

  @TempDir Path folder;
  private final Clock clock = Clock.systemUTC();
  private final Endpoints endpoints = new Endpoints(clock, (_, _) -> {}, new Random(1));
  private final Catalog catalog = Catalog.inMemory(clock);
  private final InMemorySwarm swarm = new InMemorySwarm();
  private final Map<String, InMemoryIpfsNode> nodes = new ConcurrentHashMap<>();
  private final BlockingQueue<OpenGap> gaps = new LinkedBlockingQueue<>();
  private final KafkaBroker broker = SharedKafka.broker();
  private final String prefix = UUID.randomUUID() + ".";
  private CatalogFollower follower;
  private PinnerService pinner;

  @BeforeEach
  void start() throws Exception {
    try (Admin admin = Admin.create(broker.connection())) {
      new TopicAdmin(admin, Topics.specs(prefix, (short) 1), Duration.ofSeconds(30))
          .createMissing();
    }
    follower = new CatalogFollower(broker.connection(), prefix, catalog, clock);
    follower.start();
    Settings settings = InMemoryLongshore.settings(folder);
    pinner =
        new PinnerService(
            new ServiceContext(
                settings.shared(), catalog, endpoints, OpenTelemetry.noop(), AuditSink.NONE, clock),
            settings.pinner(),
            peer -> nodes.computeIfAbsent(peer.name(), swarm::node),
            Executors::newVirtualThreadPerTaskExecutor,
            new Random(1));
  }

  @AfterEach
  void stop() {
    follower.close();
    catalog.close();
  }

  @Test
  void imagesWhoseEventsKafkaForgotGetTheirCopies() throws Exception {
    KeyedConsumer before = host("pinner", Topic.CONVERTED, pinner.step());
    before.start();
    convert(0, 1);
    Eventually.await("the first image", () -> finished() == 1);
    before.stop(STOP);
    convert(1, IMAGES);
    forget(Topic.CONVERTED);

    KeyedConsumer after = host("pinner", Topic.CONVERTED, pinner.step());
    Reconciliation reconciliation =
        new Reconciliation(
            gaps,
            follower::awaitEnd,
            pinner::missed,
            dag -> after.nudge(Topic.CONVERTED, dag),
            Duration.ofMillis(100),
            clock);
    reconciliation.start();
    after.start();

    Eventually.await("all images", () -> finished() == IMAGES);
    assertThat(catalog.pins().page(null, 2 * IMAGES)).allMatch(PinState::isFinished);
    reconciliation.stop(STOP);
    after.stop(STOP);
  }

  private long finished() {
    return catalog.pins().page(null, 2 * IMAGES).stream().filter(PinState::isFinished).count();
  }

  /** Has a converter that knows its results write states and events of some images. */
  private void convert(int from, int to) throws Exception {
    KeyedConsumer converter = host("converter", Topic.OBSERVED, (message, _) -> converted(message));
    converter.start();
    try (EventSender sender =
        new EventSender(broker.connection(), prefix, "watcher", STOP, clock)) {
      for (int i = from; i < to; i++) {
        sender.send(observed(i), "observed-" + i);
      }
    }
    Eventually.await("the states", () -> catalog.conversions().page(null, 2 * IMAGES).size() == to);
    converter.stop(STOP);
  }

  private Effects converted(Message message) {
    if (!(message.body() instanceof Observed observed)) {
      return Effects.NONE;
    }
    Cid dag = write(observed.size());
    Instant now = clock.instant();
    Recipe recipe = new Recipe("r".repeat(64));
    return new Effects(
        List.of(
            new ImageState(
                observed.digest(),
                recipe,
                ModeName.of(Mode.PLAIN),
                observed.mediaType(),
                new ImageDag(dag),
                new RootCid(dag),
                dag,
                List.of(),
                1,
                1000,
                List.of(),
                new PeerName("a"),
                observed.name(),
                now),
            new Converted(
                new ImageDag(dag),
                new RootCid(dag),
                observed.digest(),
                recipe,
                ModeName.of(Mode.PLAIN),
                observed.name(),
                observed.tag(),
                new PeerName("a"),
                1000,
                3,
                now)),
        List.of());
  }

  /** A file of so many bytes on the ingest peer, pinned. */
  private Cid write(long size) {
    InMemoryIpfsNode ingest = nodes.computeIfAbsent("a", swarm::node);
    Cid[] root = new Cid[1];
    try {
      ingest.importCar(
          sink -> root[0] = UnixFsFileBuilder.build(new byte[(int) size], sink).cid(), soon());
      ingest.pin(root[0], "longshore:default:test", STOP, soon(), PinProgress.NONE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return root[0];
  }

  private Observed observed(int number) {
    return new Observed(
        RepositoryName.canonical("localhost:5055/team/app" + number),
        new Tag("v1"),
        Digest.of(new byte[] {(byte) number}),
        "application/vnd.oci.image.manifest.v1+json",
        1000 + number,
        Origin.WEBHOOK,
        clock.instant(),
        clock.instant(),
        null);
  }

  private KeyedConsumer host(String service, Topic work, Step step) {
    return new KeyedConsumer(
        new ConsumerSettings(broker.connection(), prefix, new ServiceId(service, "test", "main")),
        Set.of(work),
        step,
        endpoints,
        catalog,
        follower,
        gaps::add,
        OpenTelemetry.noop(),
        clock);
  }

  /** As if the time for which the topic is kept had passed. */
  private void forget(Topic topic) throws Exception {
    try (Admin admin = Admin.create(broker.connection())) {
      Map<TopicPartition, OffsetSpec> latest =
          IntStream.range(0, Topic.PARTITIONS)
              .mapToObj(n -> new TopicPartition(topic.name(prefix), n))
              .collect(Collectors.toMap(p -> p, _ -> OffsetSpec.latest()));
      Map<TopicPartition, RecordsToDelete> all = new HashMap<>();
      admin
          .listOffsets(latest)
          .all()
          .get()
          .forEach((p, end) -> all.put(p, RecordsToDelete.beforeOffset(end.offset())));
      admin.deleteRecords(all).all().get();
    }
  }

  private static Deadline soon() {
    return Deadline.after(Duration.ofSeconds(10));
  }
}
