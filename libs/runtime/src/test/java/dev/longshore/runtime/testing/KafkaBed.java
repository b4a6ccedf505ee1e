package dev.longshore.runtime.testing;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.Event;
import dev.longshore.events.Topic;
import dev.longshore.runtime.kafka.ConsumerSettings;
import dev.longshore.runtime.kafka.Gap;
import dev.longshore.runtime.kafka.KeyedConsumer;
import dev.longshore.runtime.kafka.OpenGap;
import dev.longshore.runtime.kafka.follow.CatalogFollower;
import dev.longshore.runtime.kafka.record.EventRecords;
import dev.longshore.runtime.kafka.record.ServiceId;
import dev.longshore.runtime.kafka.step.Step;
import dev.longshore.runtime.service.endpoint.Endpoints;
import io.opentelemetry.api.OpenTelemetry;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Hosts on a real Kafka, with topics of their own for each test. */
public final class KafkaBed implements StepHostBed {
  /** Short, as tests kill hosts, and long enough for a busy machine. */
  public static final Duration SESSION = Duration.ofSeconds(3);

  /** What the catalogs of hosts follow here: each topic costs time. */
  public static final Set<Topic> FOLLOWED =
      Set.of(Topic.PINS, Topic.DECISIONS, Topic.FAILED, Topic.RETRY);

  private final Clock clock = Clock.systemUTC();
  private final Map<String, Object> connection;
  private final KafkaTopics topics;
  private final KafkaProducer<String, byte[]> producer;
  private final Endpoints endpoints = new Endpoints(clock, (_, _) -> {}, new Random(1));
  private final List<AutoCloseable> opened = new CopyOnWriteArrayList<>();
  private final List<OpenGap> gaps = new CopyOnWriteArrayList<>();
  private final Catalog catalog = Catalog.inMemory(clock);
  private final CatalogFollower follower;

  /** On the Kafka that this JVM's tests share. */
  public KafkaBed() {
    this(SharedKafka.broker().connection(), KafkaTopics.ofSharedKafka());
  }

  public KafkaBed(Map<String, Object> connection) {
    this(connection, new KafkaTopics(connection));
  }

  private KafkaBed(Map<String, Object> connection, KafkaTopics topics) {
    this.connection = connection;
    this.topics = topics;
    Map<String, Object> settings = new HashMap<>(connection);
    settings.put("linger.ms", 0);
    settings.put("max.in.flight.requests.per.connection", 1);
    this.producer =
        new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer());
    this.follower = follower(catalog);
    follower.start();
  }

  private CatalogFollower follower(Catalog of) {
    return new CatalogFollower(connection, prefix(), FOLLOWED, of, clock);
  }

  @Override
  public KeyedConsumer host(Step step) {
    return host("1", step);
  }

  /** Numbers of the events that the steps announced, one a record. */
  public List<Long> announced() {
    return records(Topic.CONVERTED).stream()
        .map(record -> Long.parseLong(record.key().substring("dag".length())))
        .toList();
  }

  /** Kafka's own view of the service's group, and other changes by hand. */
  public Admin admin() {
    Admin admin = Admin.create(connection);
    opened.add(admin);
    return admin;
  }

  /** A host of another instance of the service. */
  public KeyedConsumer host(String instance, Step step) {
    return host(instance, step, catalog, follower);
  }

  /** A host whose catalog lies in a file. */
  public KeyedConsumer host(Path file, Step step) {
    Catalog own = Catalog.open(file, clock);
    CatalogFollower its = follower(own);
    its.start();
    opened.add(
        () -> {
          its.close();
          own.close();
        });
    return host("1", step, own, its);
  }

  private KeyedConsumer host(
      String instance, Step step, Catalog catalog, CatalogFollower follower) {
    KeyedConsumer host =
        new KeyedConsumer(
            new ConsumerSettings(
                connection, prefix(), new ServiceId("tester", "test", instance), SESSION),
            EnumSet.of(Topic.OBSERVED),
            step,
            endpoints,
            catalog,
            follower,
            gaps::add,
            OpenTelemetry.noop(),
            clock);
    opened.add(host);
    return host;
  }

  /** Settings of a client. */
  public Map<String, Object> connection() {
    return connection;
  }

  public String prefix() {
    return topics.prefix();
  }

  /** What the hosts were told to look for, and was not forgotten by {@link #forgetGaps}. */
  public List<Gap> gaps() {
    return gaps.stream().map(OpenGap::gap).toList();
  }

  /** The same, to be made good. */
  public List<OpenGap> openGaps() {
    return List.copyOf(gaps);
  }

  public void forgetGaps() {
    gaps.clear();
  }

  @Override
  public Endpoints endpoints() {
    return endpoints;
  }

  @Override
  public Catalog catalog() {
    return catalog;
  }

  @Override
  public void send(Event event) {
    append(new EventRecords("", "test", clock).of(event, UUID.randomUUID().toString()));
  }

  /** Sends an event without waiting until Kafka has it. */
  public void sendLater(Event event) {
    sendLater(new EventRecords(prefix(), "test", clock).of(event, UUID.randomUUID().toString()));
  }

  /** The same of a record that names its topic as Kafka does. */
  public void sendLater(ProducerRecord<String, byte[]> record) {
    var _ = producer.send(record);
  }

  /** Waits until Kafka has all that was sent. */
  public void flush() {
    producer.flush();
  }

  @Override
  public void append(ProducerRecord<String, byte[]> record) {
    ProducerRecord<String, byte[]> prefixed =
        new ProducerRecord<>(
            prefix() + record.topic(), null, null, record.key(), record.value(), record.headers());
    try {
      producer.send(prefixed).get();
    } catch (ExecutionException e) {
      throw new AssertionError("sending to " + prefixed.topic(), e.getCause());
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    }
  }

  @Override
  public List<ConsumerRecord<String, byte[]>> records(Topic topic) {
    return topics.records(topic);
  }

  @Override
  public void close() {
    for (AutoCloseable one : opened.reversed()) {
      try {
        one.close();
      } catch (Exception e) {
        // AutoCloseable declares it; hosts throw nothing.
        throw new AssertionError("closing " + one, e);
      }
    }
    follower.close();
    producer.close(Duration.ofSeconds(1));
    topics.close();
    catalog.close();
  }
}
