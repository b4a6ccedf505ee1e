package dev.longshore.pinner;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.CatalogRecord;
import dev.longshore.events.Converted;
import dev.longshore.events.CopiesState;
import dev.longshore.events.CopyPhase;
import dev.longshore.events.EventJson;
import dev.longshore.events.MalformedEventException;
import dev.longshore.events.PinState;
import dev.longshore.events.State;
import dev.longshore.events.Topic;
import dev.longshore.ipfs.BlockSink;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.PinProgress;
import dev.longshore.ipfs.testing.InMemoryIpfsNode;
import dev.longshore.ipfs.testing.InMemorySwarm;
import dev.longshore.ipfs.unixfs.DagLink;
import dev.longshore.ipfs.unixfs.DirectoryTree;
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
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.runtime.testing.MemoryBus;
import dev.longshore.testing.ManualClock;
import dev.longshore.testing.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Images in a Kafka and peers in memory, their copies and records; a part of {@link KeptBed}. */
abstract class KeptImages {
  static final Duration CALL = Duration.ofSeconds(2);
  static final int LAYER_BYTES = 20_000;
  final ManualClock clock = new ManualClock(Instant.parse("2026-01-01T00:00:00Z"));
  final Catalog catalog = Catalog.inMemory(clock);
  final InMemorySwarm swarm = new InMemorySwarm();
  final InMemoryIpfsNode ingest = swarm.node("ingest");

  /** Another one that keeps none: images were taken in there before. */
  final InMemoryIpfsNode former = swarm.node("former");

  final Map<String, InMemoryIpfsNode> nodes = new LinkedHashMap<>();
  final MemoryBus bus = new MemoryBus(clock);

  /** Whether the catalog knows the images that are pushed: their names and sizes. */
  boolean knowsImages;

  /** Whether the images that are pushed have names, too. */
  boolean namesImages;

  long written;

  InMemoryIpfsNode node(String name) {
    return nodes.get(name);
  }

  /** An image with all its copies, as it is after a push. */
  Cid image(String content, int copies) throws IOException {
    return images(List.of(content), copies).getFirst();
  }

  List<Cid> images(List<String> contents, int copies) throws IOException {
    List<Cid> dags = new ArrayList<>();
    for (String content : contents) {
      dags.add(pushed(content, copies));
    }
    for (Cid dag : dags) {
      Eventually.await(
          "the copies of " + dag,
          () -> catalog.pins().of(new ImageDag(dag)).filter(PinState::isFinished).isPresent());
    }
    awaitIdle();
    ingest.collectGarbage(soon());
    return dags;
  }

  /** An image of a directory with these layers, of many blocks each, with all its copies. */
  Cid layered(int copies, String... layers) throws IOException {
    Cid[] root = new Cid[1];
    ingest.importCar(
        sink -> {
          DirectoryTree tree = new DirectoryTree();
          for (String layer : layers) {
            tree.put("blobs/" + layer, layer(layer, sink));
          }
          root[0] = tree.write(sink).cid();
        },
        soon());
    ingest.pin(root[0], "longshore:default:test", CALL, soon(), PinProgress.NONE);
    learn(root[0], root[0].bytes());
    bus.send(converted(root[0], copies, "ingest", clock));
    Eventually.await(
        "the copies of " + root[0],
        () -> catalog.pins().of(new ImageDag(root[0])).filter(PinState::isFinished).isPresent());
    awaitIdle();
    ingest.collectGarbage(soon());
    return root[0];
  }

  /** A file of {@link #LAYER_BYTES}. */
  static DagLink layer(String seed, BlockSink sink) throws IOException {
    byte[] content = new byte[LAYER_BYTES];
    new Random(seed.hashCode()).nextBytes(content);
    UnixFsFileBuilder file = UnixFsFileBuilder.fixedLeaves(1000, 4, sink);
    file.write(content, 0, content.length);
    return file.finish();
  }

  /** An image whose copies are not waited for. */
  Cid pushed(String content, int copies) throws IOException {
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    Cid dag = write(bytes);
    learn(dag, bytes);
    bus.send(converted(dag, copies, "ingest", clock));
    return dag;
  }

  void learn(Cid dag, byte[] source) {
    String digest = Sha256.digest(source);
    if (knowsImages || namesImages) {
      learn(Topic.IMAGES, PinBed.image(dag, source.length, digest, clock.instant()));
    }
    if (namesImages) {
      learn(Topic.TAGS, PinBed.name("team/app", "v" + written, digest, clock.instant()));
    }
  }

  /** Has the catalog know what Kafka would have told it. */
  void learn(Topic topic, State state) {
    catalog
        .writer()
        .apply(
            List.of(new CatalogRecord(topic, 0, written++, clock.instant(), state.key(), state)));
  }

  /** The converter ends what it recorded of an image. */
  void forgetImage(String content) {
    String digest = Sha256.digest(content.getBytes(StandardCharsets.UTF_8));
    catalog.conversions().ofDigest(Digest.stored(digest)).stream()
        .map(
            image ->
                new CatalogRecord(Topic.IMAGES, 0, written++, clock.instant(), image.key(), null))
        .forEach(record -> catalog.writer().apply(List.of(record)));
  }

  /** The image was converted again, to another peer. */
  void takenIn(Cid dag, int copies, String peer) {
    bus.send(converted(dag, copies, peer, clock));
    Eventually.await(
        "it is released from " + peer,
        () ->
            catalog.pins().of(new ImageDag(dag)).orElseThrow().isFinished()
                && new PeerName(peer).equals(pin(dag).ingestPeer()));
  }

  private Cid write(byte[] bytes) throws IOException {
    Cid[] root = new Cid[1];
    ingest.importCar(sink -> root[0] = UnixFsFileBuilder.build(bytes, sink).cid(), soon());
    ingest.pin(root[0], "longshore:default:test", CALL, soon(), PinProgress.NONE);
    return root[0];
  }

  static Converted converted(Cid dag, int copies, String ingest, Clock clock) {
    return converted(dag, Digest.sha256("0".repeat(64)), copies, ingest, clock);
  }

  /** What was made of that source. */
  static Converted converted(Cid dag, Digest source, int copies, String ingest, Clock clock) {
    return new Converted(
        new ImageDag(dag),
        new RootCid(dag),
        source,
        new Recipe("r".repeat(64)),
        ModeName.of(Mode.PLAIN),
        RepositoryName.canonical("localhost:5055/team/app"),
        new Tag("v1"),
        new PeerName(ingest),
        100,
        copies,
        clock.instant());
  }

  /** What another process, or an earlier release, wrote. */
  void write(State state) throws MalformedEventException {
    bus.append(record(state));
  }

  /** A state as it stands in its topic. */
  static ProducerRecord<String, byte[]> record(State state) throws MalformedEventException {
    ProducerRecord<String, byte[]> record =
        new ProducerRecord<>(Topic.of(state).name(""), state.key(), EventJson.write(state));
    record
        .headers()
        .add("ce_type", EventJson.type(state.getClass()).getBytes(StandardCharsets.UTF_8));
    return record;
  }

  /** The record of a DAG is no longer there. */
  void delete(Topic topic, Cid dag) {
    bus.append(new ProducerRecord<>(topic.name(""), dag.toString(), null));
  }

  /** What is recorded of each copy. */
  List<CopiesState.Copy> copies(Cid dag) {
    return catalog.copies().of(new ImageDag(dag)).copies();
  }

  CopiesState.Copy copy(Cid dag, String peer) {
    return copies(dag).stream()
        .filter(copy -> copy.peer().text().equals(peer))
        .findFirst()
        .orElseThrow();
  }

  /** How many records were written to the topic. */
  int written(Topic topic) {
    return bus.records(topic).size();
  }

  PinState pin(Cid dag) {
    return catalog.copies().pinned(new ImageDag(dag)).orElseThrow().inOne();
  }

  /** Goes on until the peers, and no others, are recorded to have a verified copy, and have it. */
  void awaitCopies(Cid dag, String... names) {
    Eventually.await(
        dag + " on " + List.of(names),
        () ->
            Set.copyOf(verified(dag)).equals(Set.of(names))
                && Stream.of(names).map(this::node).allMatch(node -> has(node, dag)));
  }

  private static boolean has(InMemoryIpfsNode node, Cid dag) {
    return node.pinned().containsKey(dag) && node.storedBlocks().contains(dag);
  }

  List<String> verified(Cid dag) {
    return verified(catalog, dag);
  }

  /** Names of the peers that are recorded to have a verified copy. */
  static List<String> verified(Catalog catalog, Cid dag) {
    return catalog.copies().of(new ImageDag(dag)).copies().stream()
        .filter(copy -> copy.state() == CopyPhase.VERIFIED)
        .map(copy -> copy.peer().text())
        .toList();
  }

  static Deadline soon() {
    return Deadline.after(Duration.ofSeconds(5));
  }

  /** Returns when nothing is under way. */
  abstract void awaitIdle();
}
