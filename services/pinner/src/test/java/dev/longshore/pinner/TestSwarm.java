package dev.longshore.pinner;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.CatalogRecord;
import dev.longshore.catalog.Topic;
import dev.longshore.events.Converted;
import dev.longshore.events.ImageState;
import dev.longshore.events.LongshoreRecord;
import dev.longshore.events.PinState;
import dev.longshore.events.State;
import dev.longshore.ipfs.Cid;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.kubo.PinProgress;
import dev.longshore.ipfs.testing.InMemoryIpfsNode;
import dev.longshore.ipfs.testing.InMemorySwarm;
import dev.longshore.ipfs.unixfs.UnixFsFileBuilder;
import dev.longshore.runtime.config.Rules;
import dev.longshore.runtime.endpoint.Endpoints;
import dev.longshore.runtime.endpoint.TimerAlarms;
import dev.longshore.runtime.step.Effects;
import dev.longshore.runtime.step.Message;
import dev.longshore.runtime.step.PermanentFailure;
import dev.longshore.runtime.step.Progress;
import dev.longshore.testing.ManualClock;
import io.opentelemetry.api.trace.TracerProvider;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** An ingest node, peers and a pinner's step over them. */
final class TestSwarm {
  static final Duration STALL = Duration.ofMillis(200);
  private static final PinLimits LIMITS =
      new PinLimits(STALL, Duration.ofSeconds(10), Duration.ofSeconds(5), Duration.ofSeconds(2));
  final ManualClock clock = new ManualClock(Instant.parse("2026-01-01T00:00:00Z"));
  final Catalog catalog = Catalog.inMemory(clock);
  final InMemorySwarm swarm = new InMemorySwarm();
  final InMemoryIpfsNode ingest = swarm.node("ingest");
  final List<InMemoryIpfsNode> nodes = new ArrayList<>();
  final Endpoints endpoints = new Endpoints(clock, new TimerAlarms(), new Random(1));
  final List<PinState> published = new ArrayList<>();
  private final Peers peers;
  private final AtomicLong offset = new AtomicLong();

  /** Peers a, b, c, ... that keep copies, all at one site, and an ingest node that keeps none. */
  TestSwarm(int count) {
    List<Peer> all = new ArrayList<>();
    all.add(new Peer("ingest", "core", false, false, List.of(), ingest));
    for (int i = 0; i < count; i++) {
      String name = Character.toString('a' + i);
      InMemoryIpfsNode node = swarm.node(name);
      nodes.add(node);
      all.add(new Peer(name, "site", true, false, List.of(), node));
    }
    peers = new Peers(all);
  }

  InMemoryIpfsNode node(String name) {
    return nodes.get(name.charAt(0) - 'a');
  }

  Pin step() {
    return new Pin(
        catalog,
        peers,
        new Copier(LIMITS, new PeerSlots(8), clock),
        new IngestRelease(catalog, peers, new Rules(List.of()), LIMITS, endpoints),
        endpoints,
        TracerProvider.noop().get("test"),
        clock,
        Executors::newVirtualThreadPerTaskExecutor);
  }

  Repair repair(List<String> nudged) {
    return new Repair(catalog, peers, endpoints, Duration.ofSeconds(2), nudged::add);
  }

  /** A file of several blocks on the ingest node, pinned as the converter leaves it. */
  Cid image(long seed) throws IOException {
    byte[] content = new byte[600_000];
    new Random(seed).nextBytes(content);
    AtomicReference<@Nullable Cid> root = new AtomicReference<>();
    ingest.importCar(
        sink -> root.set(UnixFsFileBuilder.build(content, sink).cid()),
        Deadline.after(Duration.ofSeconds(5)));
    Cid cid = java.util.Objects.requireNonNull(root.get());
    ingest.pin(
        cid, "longshore:test", STALL, Deadline.after(Duration.ofSeconds(5)), PinProgress.NONE);
    return cid;
  }

  PinState pin(Cid dag, int copies) throws PermanentFailure, InterruptedException {
    return pin(step(), dag, copies);
  }

  /** By a step that remembers what it did before. */
  PinState pin(Pin step, Cid dag, int copies) throws PermanentFailure, InterruptedException {
    Converted converted =
        new Converted(
            dag.toString(),
            dag.toString(),
            "sha256:" + "0".repeat(64),
            "r".repeat(64),
            "plain",
            "localhost:5055",
            "team/app",
            "v1",
            "ingest",
            600_000,
            copies,
            clock.instant());
    return handle(step, message(dag, converted));
  }

  /** What the repair asks for. */
  PinState again(Cid dag) throws PermanentFailure, InterruptedException {
    return handle(step(), message(dag, null));
  }

  private Message message(Cid dag, @Nullable Converted body) {
    return new Message(
        Topic.CONVERTED, 0, offset.get(), dag.toString(), "id", clock.instant(), body);
  }

  private PinState handle(Pin step, Message message) throws PermanentFailure, InterruptedException {
    Progress progress = this::apply;
    apply(step.handle(message, progress));
    return catalog.pin(message.key()).orElseThrow();
  }

  private void apply(Effects effects) {
    for (LongshoreRecord record : effects.records()) {
      PinState state = (PinState) record;
      published.add(state);
      learn(Topic.PINS, state);
    }
  }

  /** Says of which image a DAG is, as the converter does. */
  void converted(Cid dag) {
    String cid = dag.toString();
    learn(
        Topic.IMAGES,
        new ImageState(
            "sha256:" + "0".repeat(64),
            "r".repeat(64),
            "plain",
            "application/vnd.oci.image.manifest.v1+json",
            cid,
            cid,
            cid,
            List.of(),
            1,
            600_000,
            List.of(),
            "ingest",
            "localhost:5055",
            "team/app",
            clock.instant()));
  }

  private void learn(Topic topic, State state) {
    catalog.apply(
        List.of(
            new CatalogRecord(
                topic, 0, offset.incrementAndGet(), clock.instant(), state.key(), state)));
  }
}
