package dev.longshore.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.app.settings.Settings;
import dev.longshore.catalog.Catalog;
import dev.longshore.converter.ConverterService;
import dev.longshore.events.EventJson;
import dev.longshore.events.Evidence;
import dev.longshore.events.ImageState;
import dev.longshore.events.Observed;
import dev.longshore.events.Origin;
import dev.longshore.events.State;
import dev.longshore.events.TagState;
import dev.longshore.events.Topic;
import dev.longshore.ipfs.testing.InMemoryIpfsNode;
import dev.longshore.ipfs.testing.InMemorySwarm;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.runtime.config.ServiceContext;
import dev.longshore.runtime.edge.audit.AuditSink;
import dev.longshore.runtime.kafka.ConsumerSettings;
import dev.longshore.runtime.kafka.KeyedConsumer;
import dev.longshore.runtime.kafka.OpenGap;
import dev.longshore.runtime.kafka.follow.CatalogFollower;
import dev.longshore.runtime.kafka.record.ServiceId;
import dev.longshore.runtime.kafka.step.Effects;
import dev.longshore.runtime.kafka.step.Message;
import dev.longshore.runtime.kafka.topics.TopicAdmin;
import dev.longshore.runtime.kafka.topics.Topics;
import dev.longshore.runtime.service.endpoint.Endpoints;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.runtime.testing.KafkaBroker;
import dev.longshore.runtime.testing.SharedKafka;
import dev.longshore.testing.RandomImage;
import io.opentelemetry.api.OpenTelemetry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A converter that starts where the first release has been: that did not record whose images are.
 */
@Timeout(180)
class FirstReleaseImagesIT {
  private static final RepositoryName READER = name("team/app");
  private static final RepositoryName SERVES_IT = name("third/y");
  private static final RepositoryName NAMES_IT = name("mallory/x");
  private static final RandomImage IMAGE = RandomImage.of(51);
  private static final Duration STOP = Duration.ofSeconds(10);

  @TempDir Path folder;
  private final Clock clock = Clock.systemUTC();
  private final Endpoints endpoints = new Endpoints(clock, (_, _) -> {}, new Random(1));
  private final InMemoryRegistry registry = new InMemoryRegistry();
  private final InMemoryIpfsNode node = new InMemorySwarm().node("a");
  private final Catalog catalog = Catalog.inMemory(clock);
  private final BlockingQueue<OpenGap> gaps = new LinkedBlockingQueue<>();
  private Settings settings;
  private final KafkaBroker broker = SharedKafka.broker();
  private final String prefix = UUID.randomUUID() + ".";
  private CatalogFollower follower;

  @BeforeEach
  void start() throws Exception {
    settings = InMemoryLongshore.settings(folder);
    try (Admin admin = Admin.create(broker.connection())) {
      new TopicAdmin(admin, Topics.specs(prefix, (short) 1), Duration.ofSeconds(30))
          .createMissing();
    }
    follower = new CatalogFollower(broker.connection(), prefix, catalog, clock);
  }

  @AfterEach
  void stop() {
    follower.close();
    catalog.close();
  }

  @Test
  void eachRepositoryIsAskedOnceForWhatItHolds() throws Exception {
    Descriptor top = registry.push(READER, "v1", IMAGE);
    registry.push(SERVES_IT, "v1", IMAGE);
    IMAGE.manifests().forEach(m -> registry.pushManifest(NAMES_IT, m.mediaType(), m.body()));
    registry.tag(NAMES_IT, "v1", top.digest());
    ImageState read = ofFirstRelease(convertedBefore(top));
    write(tag(READER, top), tag(SERVES_IT, top), tag(NAMES_IT, top), read);
    follower.start();
    assertThat(images(SERVES_IT, top)).isEmpty();

    run(
        () -> {
          Eventually.await("its repository is known", () -> shown(READER, top));
          Eventually.await("whoever serves it has it", () -> shown(SERVES_IT, top));
          Eventually.await(
              "who only names it is refused",
              () -> !catalog.failures().of(key(NAMES_IT)).isEmpty());
        });
    assertThat(images(NAMES_IT, top)).isEmpty();
    assertThat(catalog.conversions().ofDigest(top.digest())).containsExactly(read);

    int requests = registry.requests().size();
    run(() -> assertThat(gaps).isEmpty());
    assertThat(registry.requests()).as("by the next start").hasSize(requests);
  }

  @FunctionalInterface
  private interface Check {
    void run() throws Exception;
  }

  private void run(Check check) throws Exception {
    KeyedConsumer host =
        new KeyedConsumer(
            new ConsumerSettings(
                broker.connection(), prefix, new ServiceId("converter", "t", "main")),
            Set.of(Topic.OBSERVED),
            converter(catalog).step(),
            endpoints,
            catalog,
            follower,
            gaps::add,
            OpenTelemetry.noop(),
            clock);
    Reconciliation reconciliation =
        new Reconciliation(
            gaps,
            follower::awaitEnd,
            new MissedObservations(catalog)::keys,
            key -> host.nudge(Topic.OBSERVED, key),
            Duration.ofMillis(100),
            clock);
    reconciliation.start();
    host.start();
    check.run();
    reconciliation.stop(STOP);
    host.stop(STOP);
  }

  private ConverterService converter(Catalog known) {
    return new ConverterService(
        new ServiceContext(
            settings.shared(), known, endpoints, OpenTelemetry.noop(), AuditSink.NONE, clock),
        settings.converter(),
        _ -> node,
        registry,
        Executors::newVirtualThreadPerTaskExecutor);
  }

  private ImageState convertedBefore(Descriptor top) throws Exception {
    try (Catalog empty = Catalog.inMemory(clock)) {
      var observed =
          new Observed(
              READER,
              new Tag("v1"),
              top.digest(),
              top.mediaType(),
              top.size(),
              Origin.WEBHOOK,
              null,
              clock.instant(),
              null);
      var message = new Message(Topic.OBSERVED, 0, 0, key(READER), "1", clock.instant(), observed);
      Effects effects = converter(empty).step().handle(message, _ -> {});
      return effects.records().stream()
          .filter(ImageState.class::isInstance)
          .map(ImageState.class::cast)
          .findFirst()
          .orElseThrow();
    }
  }

  private static ImageState ofFirstRelease(ImageState image) {
    return new ImageState(
        image.digest(),
        image.recipe(),
        image.mode(),
        image.mediaType(),
        image.imageDag(),
        image.root(),
        image.manifest(),
        image.platforms(),
        image.blobs(),
        image.bytes(),
        image.missing(),
        image.ingestPeer(),
        image.name(),
        image.convertedAt());
  }

  private TagState tag(RepositoryName name, Descriptor top) {
    Instant at = clock.instant();
    return new TagState(
        name,
        new Tag("v1"),
        top.digest(),
        top.mediaType(),
        top.size(),
        List.of(),
        false,
        Origin.POLL,
        at,
        at);
  }

  private void write(State... states) throws Exception {
    try (var producer =
        new KafkaProducer<>(
            broker.connection(), new StringSerializer(), new ByteArraySerializer())) {
      for (State state : states) {
        String topic = Topic.of(state).name(prefix);
        var record = new ProducerRecord<>(topic, state.key(), EventJson.write(state));
        byte[] type = EventJson.type(state.getClass()).getBytes(StandardCharsets.UTF_8);
        record.headers().add("ce_type", type);
        producer.send(record).get();
      }
    }
  }

  private List<ImageState> images(RepositoryName name, Descriptor top) {
    return catalog.conversions().forRepository(name, top.digest());
  }

  private boolean shown(RepositoryName name, Descriptor top) {
    return images(name, top).stream().anyMatch(image -> image.evidence() == Evidence.ASKED);
  }

  private static String key(RepositoryName name) {
    return name + ":v1";
  }

  private static RepositoryName name(String repository) {
    return RepositoryName.canonical("localhost:5055/" + repository);
  }
}
