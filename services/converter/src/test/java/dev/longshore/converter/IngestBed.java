package dev.longshore.converter;

import static dev.longshore.converter.TestConverter.observed;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.Converted;
import dev.longshore.events.Failed;
import dev.longshore.events.Topic;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.node.LocalCheck;
import dev.longshore.ipfs.testing.InMemoryIpfsNode;
import dev.longshore.ipfs.testing.InMemorySwarm;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.source.ImageSource;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.runtime.config.PeerSettings;
import dev.longshore.runtime.config.ServiceContext;
import dev.longshore.runtime.edge.audit.AuditSink;
import dev.longshore.runtime.kafka.record.ServiceId;
import dev.longshore.runtime.service.endpoint.Endpoints;
import dev.longshore.runtime.service.endpoint.ManualAlarms;
import dev.longshore.runtime.testing.MemoryBus;
import dev.longshore.runtime.testing.MemoryService;
import dev.longshore.settings.value.ByteSize;
import dev.longshore.testing.ManualClock;
import io.opentelemetry.api.OpenTelemetry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executors;

/** Converters under their host, with several ingest peers. */
final class IngestBed implements AutoCloseable {
  static final Duration AT_ONCE = Duration.ofMillis(1);

  final ManualClock clock = new ManualClock(TestConverter.NOON);
  final ManualAlarms alarms = new ManualAlarms(clock);
  final InMemoryRegistry registry = new InMemoryRegistry();
  final MemoryBus bus = new MemoryBus(clock);
  final Map<String, InMemoryIpfsNode> nodes = new LinkedHashMap<>();

  /** What the converters ask by the peer's name. */
  final Map<String, IpfsNode> asked = new LinkedHashMap<>();

  private final List<Converter> converters = new ArrayList<>();

  /** With peers of these names; the converters write to all of them. */
  IngestBed(String... peers) {
    InMemorySwarm swarm = new InMemorySwarm();
    for (String peer : peers) {
      nodes.put(peer, swarm.node(peer));
    }
    asked.putAll(nodes);
  }

  /** With these for peers. */
  IngestBed(List<IpfsNode> peers) {
    peers.forEach(peer -> asked.put(peer.name(), peer));
  }

  /** One converter, as a process has it. */
  record Converter(
      ConverterService service, MemoryService host, Endpoints endpoints, Catalog catalog) {
    /** Ends it in the middle of its work. */
    void kill() {
      host.stop(AT_ONCE);
    }
  }

  InMemoryIpfsNode node(String name) {
    return nodes.get(name);
  }

  /** A process that begins with what is on the bus. */
  Converter start() {
    return start(registry);
  }

  Converter start(ImageSource images) {
    Endpoints endpoints = new Endpoints(clock, alarms, new Random(1));
    Catalog catalog = Catalog.inMemory(clock);
    List<PeerSettings> peers =
        asked.keySet().stream().map(name -> TestConverter.peerSettings(name, false)).toList();
    var service =
        new ConverterService(
            new ServiceContext(
                TestConverter.shared(peers, List.of()),
                catalog,
                endpoints,
                OpenTelemetry.noop(),
                AuditSink.NONE,
                clock),
            settings(List.copyOf(asked.keySet())),
            peer -> asked.get(peer.name()),
            images,
            Executors::newVirtualThreadPerTaskExecutor);
    MemoryService host =
        bus.service(
            new ServiceId("converter", "convert", "main"),
            Set.of(Topic.OBSERVED),
            endpoints,
            catalog,
            service.step());
    var converter = new Converter(service, host, endpoints, catalog);
    converters.add(converter);
    host.start();
    return converter;
  }

  static ConverterSettings settings(List<String> ingestPeers) {
    return new ConverterSettings(
        null, ingestPeers, 4, ByteSize.parse("100GiB"), Duration.ofSeconds(30), null);
  }

  void send(RepositoryName name, String tag, Descriptor image) {
    bus.send(observed(name, tag, image));
  }

  List<Converted> converted() {
    return bus.read(Topic.CONVERTED, Converted.class);
  }

  List<Failed> failed() {
    return bus.read(Topic.FAILED, Failed.class);
  }

  /** The one of this image, once it is there. */
  Converted awaitConverted(Descriptor image) {
    Await.until(() -> converted().stream().anyMatch(of -> of.digest().equals(image.digest())));
    return converted().stream().filter(of -> of.digest().equals(image.digest())).toList().getLast();
  }

  /** Fails unless the peer that it names has all of it, and has it pinned. */
  void requireWhole(Converted image) throws Exception {
    IpfsNode node = asked.get(image.ingestPeer().text());
    Deadline soon = Deadline.after(Duration.ofSeconds(10));
    var _ = node.verifyLocal(image.imageDag().cid(), LocalCheck.REHASH, soon);
    if (!node.isPinned(image.imageDag().cid(), soon)) {
      throw new AssertionError(image + " is not pinned where it was written to");
    }
  }

  /** Looks through the holds until all that are left on the peer are pins of images. */
  void awaitNoHolds(Converter converter, String peer) throws InterruptedException {
    LeftHolds left = converter.service().leftHolds();
    left.start();
    try {
      Await.until(() -> hasNoHold(asked.get(peer)));
    } finally {
      left.stop(Duration.ofSeconds(5));
    }
  }

  /** Pins of images have names. */
  private static boolean hasNoHold(IpfsNode node) {
    List<String> names = new ArrayList<>();
    try {
      node.pins(pin -> names.add(pin.name()), Deadline.after(Duration.ofSeconds(10)));
    } catch (KuboException e) {
      throw new IllegalStateException(e);
    }
    return names.stream().allMatch(name -> name.startsWith("longshore:"));
  }

  @Override
  public void close() {
    converters.forEach(Converter::kill);
  }
}
