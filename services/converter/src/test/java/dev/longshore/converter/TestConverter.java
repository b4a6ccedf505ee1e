package dev.longshore.converter;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.CatalogRecord;
import dev.longshore.events.ConversionRequest;
import dev.longshore.events.Converted;
import dev.longshore.events.Event;
import dev.longshore.events.ImageState;
import dev.longshore.events.LongshoreRecord;
import dev.longshore.events.Observed;
import dev.longshore.events.Origin;
import dev.longshore.events.State;
import dev.longshore.events.Topic;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.ipfs.testing.InMemoryIpfsNode;
import dev.longshore.ipfs.testing.InMemorySwarm;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.source.ImageSource;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.rules.RuleSettings;
import dev.longshore.runtime.config.PeerSettings;
import dev.longshore.runtime.config.ServiceContext;
import dev.longshore.runtime.config.SharedSettings;
import dev.longshore.runtime.edge.access.ListenerSettings;
import dev.longshore.runtime.edge.audit.AuditSink;
import dev.longshore.runtime.kafka.link.KafkaSettings;
import dev.longshore.runtime.kafka.step.Effects;
import dev.longshore.runtime.kafka.step.Message;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import dev.longshore.runtime.kafka.step.Step;
import dev.longshore.runtime.kafka.step.TransientFailure;
import dev.longshore.runtime.service.endpoint.Endpoints;
import dev.longshore.runtime.service.telemetry.LogFormat;
import dev.longshore.runtime.service.telemetry.LogLevel;
import dev.longshore.runtime.service.telemetry.TelemetrySettings;
import dev.longshore.settings.value.ByteSize;
import dev.longshore.settings.value.Listen;
import dev.longshore.testing.ManualClock;
import dev.longshore.testing.RandomImage;
import io.opentelemetry.api.OpenTelemetry;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The converter over twins; what a step makes known is in the catalog when it returns. */
public final class TestConverter {
  public static final RepositoryName APP = RepositoryName.canonical("localhost:5055/team/app");
  public static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  public static final ConverterSettings SETTINGS =
      new ConverterSettings(null, 4, ByteSize.parse("100GiB"), Duration.ofSeconds(30));

  public final InMemoryRegistry registry = new InMemoryRegistry();
  public final InMemoryIpfsNode peer = new InMemorySwarm().node("ingest");
  final ManualClock clock = new ManualClock(NOON);
  public final Catalog catalog = Catalog.inMemory(clock);
  final Queue<LongshoreRecord> committed = new ConcurrentLinkedQueue<>();
  Step step;
  private ConverterService service;
  private final AtomicLong offsets = new AtomicLong();

  public TestConverter() {
    this(SETTINGS, List.of());
  }

  TestConverter(ConverterSettings settings, List<RuleSettings> rules) {
    service = service(settings, rules, peer, catalog, registry, OpenTelemetry.noop());
    step = service.step();
  }

  /** Over real programs; {@link #registry} and {@link #peer} stay unused. */
  TestConverter(ImageSource images, IpfsNode node) {
    service = service(SETTINGS, List.of(), node, catalog, images, OpenTelemetry.noop());
    step = service.step();
  }

  TestConverter(OpenTelemetry telemetry) {
    service = service(SETTINGS, List.of(), peer, catalog, registry, telemetry);
    step = service.step();
  }

  /** Reads from a source of its own; {@link #registry} stays unused. */
  void readFrom(ImageSource images) {
    connect(peer, images);
  }

  /** Writes to another node, or through one that disturbs it. */
  void writeTo(IpfsNode node) {
    connect(node, registry);
  }

  /** Both. */
  void connect(IpfsNode node, ImageSource images) {
    service = service(SETTINGS, List.of(), node, catalog, images, OpenTelemetry.noop(), clock);
    step = service.step();
  }

  /** Begins anew with what was committed. */
  void restart(List<RuleSettings> rules) {
    service = service(SETTINGS, rules, peer, catalog, registry, OpenTelemetry.noop());
    step = service.step();
  }

  /** Those of the service as it was started last. */
  UndoneForgets undoneForgets(Predicate<String> nudge) {
    return service.undoneForgets(nudge);
  }

  /** Those of the service as it was started last. */
  EndedBlobs endedBlobs(Predicate<String> nudge, Duration every) {
    return service.endedBlobs(nudge, every);
  }

  /** Those of the service as it was started last. */
  LeftHolds leftHolds() {
    return service.leftHolds();
  }

  public static ConverterService service(
      ConverterSettings settings,
      List<RuleSettings> rules,
      IpfsNode node,
      Catalog catalog,
      ImageSource images,
      OpenTelemetry telemetry) {
    return service(settings, rules, node, catalog, images, telemetry, new ManualClock(NOON));
  }

  static ConverterService service(
      ConverterSettings settings,
      List<RuleSettings> rules,
      IpfsNode node,
      Catalog catalog,
      ImageSource images,
      OpenTelemetry telemetry,
      ManualClock clock) {
    return new ConverterService(
        new ServiceContext(
            shared(List.of(peerSettings(node.name(), false)), rules),
            catalog,
            new Endpoints(clock, (_, _) -> {}, new Random(1)),
            telemetry,
            AuditSink.NONE,
            clock),
        settings,
        _ -> node,
        images,
        Executors::newVirtualThreadPerTaskExecutor);
  }

  static SharedSettings shared(List<PeerSettings> peers, List<RuleSettings> rules) {
    return new SharedSettings(
        Path.of("target", "converter"),
        "main",
        "default",
        new KafkaSettings(List.of("127.0.0.1:1"), "", 1, null),
        List.of(),
        peers,
        rules,
        new TelemetrySettings(null, LogFormat.PLAIN, LogLevel.ERROR),
        ListenerSettings.open(new Listen("127.0.0.1", 0)));
  }

  static PeerSettings peerSettings(String name, boolean allowPublic) {
    return new PeerSettings(
        name,
        "default",
        URI.create("http://127.0.0.1:1"),
        URI.create("http://127.0.0.1:2"),
        List.of(),
        null,
        true,
        allowPublic);
  }

  /** Pushes the image and has it converted. */
  ImageState convert(RandomImage image)
      throws TransientFailure, PermanentFailure, InterruptedException {
    Descriptor top = registry.push(APP, "1", image);
    handle(observed(APP, "1", top));
    return catalog.conversions().ofDigest(top.digest()).getLast();
  }

  /** Handles a message and commits what comes of it. */
  Effects handle(@Nullable Event body)
      throws TransientFailure, PermanentFailure, InterruptedException {
    return handle(body == null ? "none" : body.key(), body);
  }

  Effects handle(String key, @Nullable Event body)
      throws TransientFailure, PermanentFailure, InterruptedException {
    Effects effects = uncommitted(key, body);
    commit(effects);
    return effects;
  }

  /** Handles a message whose commit is still to come. */
  Effects uncommitted(Event body) throws TransientFailure, PermanentFailure, InterruptedException {
    return uncommitted(body.key(), body);
  }

  private Effects uncommitted(String key, @Nullable Event body)
      throws TransientFailure, PermanentFailure, InterruptedException {
    var message = new Message(Topic.OBSERVED, 0, 0, key, "id", clock.instant(), body);
    return step.handle(message, this::commit);
  }

  public void commit(Effects effects) {
    effects.records().forEach(this::commit);
    effects.deletions().forEach(end -> forget(end.topic(), end.key()));
    effects.afterCommit().forEach(Runnable::run);
  }

  void commit(LongshoreRecord record) {
    committed.add(record);
    if (record instanceof State state) {
      catalog
          .writer()
          .apply(
              List.of(
                  new CatalogRecord(
                      Topic.of(state),
                      0,
                      offsets.getAndIncrement(),
                      clock.instant(),
                      state.key(),
                      state)));
    }
  }

  /** Its key has no record any more. */
  void forget(State state) {
    forget(Topic.of(state), state.key());
  }

  private void forget(Topic topic, String key) {
    catalog
        .writer()
        .apply(
            List.of(
                new CatalogRecord(
                    topic, 0, offsets.getAndIncrement(), clock.instant(), key, null)));
  }

  List<Converted> announced() {
    return committed.stream()
        .filter(Converted.class::isInstance)
        .map(Converted.class::cast)
        .toList();
  }

  public static Observed observed(RepositoryName name, @Nullable String tag, Descriptor top) {
    return observed(name, tag, top, null);
  }

  public static Observed observed(
      RepositoryName name,
      @Nullable String tag,
      Descriptor top,
      @Nullable ConversionRequest request) {
    return new Observed(
        name,
        tag == null ? null : new Tag(tag),
        top.digest(),
        top.mediaType(),
        top.size(),
        Origin.WEBHOOK,
        NOON,
        NOON,
        request);
  }
}
