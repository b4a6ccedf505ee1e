package dev.longshore.pinner;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.PinState;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.PinProgress;
import dev.longshore.ipfs.testing.InMemoryIpfsNode;
import dev.longshore.ipfs.testing.InMemorySwarm;
import dev.longshore.ipfs.unixfs.UnixFsFileBuilder;
import dev.longshore.model.Cid;
import dev.longshore.model.PeerName;
import dev.longshore.rules.RuleSettings;
import dev.longshore.runtime.config.PeerPlace;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import dev.longshore.runtime.service.endpoint.Endpoints;
import dev.longshore.testing.ManualClock;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** An ingest node, peers and a pinner's step over them. */
final class TestSwarm {
  static final Duration STALL = Duration.ofMillis(200);
  private static final PinLimits LIMITS =
      new PinLimits(STALL, Duration.ofSeconds(10), Duration.ofSeconds(5), Duration.ofSeconds(2));
  final InMemorySwarm swarm = new InMemorySwarm();
  final InMemoryIpfsNode ingest = swarm.node("ingest");
  final List<InMemoryIpfsNode> nodes = new ArrayList<>();
  final ManualClock clock;
  final Catalog catalog;
  final Endpoints endpoints;
  final List<PinState> published;
  private final PinBed bed;

  /** Peers a, b, c, ... that keep copies, all at one site, and an ingest node that keeps none. */
  TestSwarm(int count) {
    this(count, List.of());
  }

  TestSwarm(int count, List<RuleSettings> rules) {
    this(count, rules, false);
  }

  /** With an ingest node that keeps copies too. */
  static TestSwarm keepingAtIngest(int others) {
    return new TestSwarm(others, List.of(), true);
  }

  private TestSwarm(int count, List<RuleSettings> rules, boolean ingestKeeps) {
    List<Peer> all = new ArrayList<>();
    all.add(
        new Peer(
            new PeerName("ingest"),
            PeerPlace.of("core"),
            ingestKeeps,
            false,
            false,
            List.of(),
            ingest));
    for (int i = 0; i < count; i++) {
      String name = Character.toString('a' + i);
      InMemoryIpfsNode node = swarm.node(name);
      nodes.add(node);
      all.add(
          new Peer(new PeerName(name), PeerPlace.of("site"), true, false, false, List.of(), node));
    }
    bed = new PinBed(all, LIMITS, rules);
    clock = bed.clock;
    catalog = bed.catalog;
    endpoints = bed.endpoints;
    published = bed.published;
  }

  InMemoryIpfsNode node(String name) {
    return nodes.get(name.charAt(0) - 'a');
  }

  /** Steps made from now on record at this pace. */
  void pace(Duration quick, Duration together) {
    bed.pace(new RecordPace(quick, together));
  }

  Pin step() {
    return bed.step();
  }

  /** A round of the repair; it asks for these. */
  List<String> repair() {
    return bed.repair();
  }

  void repairInVain() {
    bed.repairInVain();
  }

  /** A file of several blocks on the ingest node, pinned as the converter leaves it. */
  Cid image(long seed) throws IOException {
    return image(seed, UnixFsFileBuilder.LEAF_BYTES);
  }

  /** The same in leaves of so many bytes. */
  Cid image(long seed, int leafBytes) throws IOException {
    byte[] content = new byte[600_000];
    new Random(seed).nextBytes(content);
    AtomicReference<@Nullable Cid> root = new AtomicReference<>();
    ingest.importCar(
        sink -> {
          var file = UnixFsFileBuilder.fixedLeaves(leafBytes, UnixFsFileBuilder.MAX_LINKS, sink);
          file.write(content, 0, content.length);
          root.set(file.finish().cid());
        },
        Deadline.after(Duration.ofSeconds(5)));
    Cid cid = java.util.Objects.requireNonNull(root.get());
    ingest.pin(
        cid,
        "longshore:default:test",
        STALL,
        Deadline.after(Duration.ofSeconds(5)),
        PinProgress.NONE);
    return cid;
  }

  PinState pin(Cid dag, int copies) throws PermanentFailure, InterruptedException {
    return bed.pin(dag, copies);
  }

  /** By a step that remembers what it did before. */
  PinState pin(Pin step, Cid dag, int copies) throws PermanentFailure, InterruptedException {
    return bed.pin(step, dag, copies);
  }

  /** What the repair asks for. */
  PinState again(Cid dag) throws PermanentFailure, InterruptedException {
    return bed.again(dag);
  }

  /** The same by a step that remembers what it did before. */
  PinState again(Pin step, Cid dag) throws PermanentFailure, InterruptedException {
    return bed.again(step, dag);
  }

  void named(String repository, String tag) {
    bed.named(repository, tag);
  }

  /** Says that another source became the DAG, and which name it has. */
  void alsoFrom(String digest, Cid dag, String repository, String tag) {
    bed.converted(dag, 600_000, digest);
    bed.named(repository, tag, digest);
  }

  /** Records which image a DAG belongs to, as the converter does. */
  void converted(Cid dag) {
    bed.converted(dag);
  }

  /** The same of an image of so many bytes. */
  void converted(Cid dag, long bytes) {
    bed.converted(dag, bytes);
  }
}
