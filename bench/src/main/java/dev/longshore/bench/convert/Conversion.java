package dev.longshore.bench.convert;

import dev.longshore.bench.measure.ProcessTree;
import dev.longshore.bench.measure.Sample;
import dev.longshore.bench.measure.Stopwatch;
import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.CatalogRecord;
import dev.longshore.converter.ConverterService;
import dev.longshore.converter.ConverterSettings;
import dev.longshore.events.ConversionRequest;
import dev.longshore.events.LongshoreRecord;
import dev.longshore.events.Observed;
import dev.longshore.events.Origin;
import dev.longshore.events.State;
import dev.longshore.events.Topic;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.registry.Registries;
import dev.longshore.oci.registry.RegistryClient;
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
import io.opentelemetry.api.OpenTelemetry;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The converter on one Kubo node; what it makes known goes to a catalog without Kafka between. */
public final class Conversion implements AutoCloseable {
  private static final ConverterSettings USUAL =
      new ConverterSettings(null, 4, ByteSize.parse("100GiB"), Duration.ofSeconds(30));
  private final Clock clock = Clock.systemUTC();
  private final Catalog catalog = Catalog.inMemory(clock);
  private final AtomicLong offsets = new AtomicLong();
  private final Step step;

  /** Wires it with the converter's usual settings. */
  public Conversion(PeerSettings peer, IpfsNode node) {
    this.step =
        new ConverterService(
                new ServiceContext(
                    shared(peer),
                    catalog,
                    new Endpoints(clock, (_, _) -> {}, RandomGenerator.getDefault()),
                    OpenTelemetry.noop(),
                    AuditSink.NONE,
                    clock),
                USUAL,
                _ -> node,
                new RegistryClient(Registries.of()),
                Executors::newVirtualThreadPerTaskExecutor)
            .step();
  }

  /** No Kafka and no registry of their own; nobody listens. */
  private static SharedSettings shared(PeerSettings peer) {
    return new SharedSettings(
        Path.of(System.getProperty("java.io.tmpdir")),
        "main",
        "default",
        new KafkaSettings(List.of("127.0.0.1:1"), "", 1, null),
        List.of(),
        List.of(peer),
        List.of(),
        new TelemetrySettings(null, LogFormat.PLAIN, LogLevel.ERROR),
        ListenerSettings.open(new Listen("127.0.0.1", 0)));
  }

  /**
   * Converts the image, up to its pin on the node.
   *
   * @param bytes of its blobs, for the sample
   */
  public Sample convert(RepositoryName name, Descriptor top, long bytes)
      throws TransientFailure, PermanentFailure, InterruptedException {
    return convert(name, top, bytes, null);
  }

  /** The same, in the modes that are asked for. */
  public Sample convert(
      RepositoryName name, Descriptor top, long bytes, @Nullable ConversionRequest request)
      throws TransientFailure, PermanentFailure, InterruptedException {
    Stopwatch watch = Stopwatch.start(ProcessTree.own());
    Instant now = clock.instant();
    Observed observed =
        new Observed(
            name, null, top.digest(), top.mediaType(), top.size(), Origin.PUSH, now, now, request);
    commit(
        step.handle(
            new Message(Topic.OBSERVED, 0, 0, observed.key(), "bench", now, observed),
            this::commit));
    return watch.sample(bytes);
  }

  /** What is known of the images and blobs that were converted. */
  public Catalog catalog() {
    return catalog;
  }

  private void commit(Effects effects) {
    effects.records().forEach(this::commit);
    effects.afterCommit().forEach(Runnable::run);
  }

  private void commit(LongshoreRecord record) {
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

  @Override
  public void close() {
    catalog.close();
  }
}
