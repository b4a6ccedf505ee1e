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
import dev.longshore.ipfs.node.IpfsNode;
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
import dev.longshore.rules.RuleSettings;
import dev.longshore.runtime.config.CurrentSettings;
import dev.longshore.runtime.config.PeerPlace;
import dev.longshore.runtime.config.PeerSettings;
import dev.longshore.runtime.config.PeersAndRules;
import dev.longshore.runtime.config.ServiceContext;
import dev.longshore.runtime.config.SharedSettings;
import dev.longshore.runtime.edge.access.AccessSettings;
import dev.longshore.runtime.edge.access.ListenerSettings;
import dev.longshore.runtime.edge.audit.AuditSink;
import dev.longshore.runtime.kafka.link.KafkaSettings;
import dev.longshore.runtime.kafka.record.KeyPartitions;
import dev.longshore.runtime.kafka.record.ServiceId;
import dev.longshore.runtime.service.endpoint.Endpoints;
import dev.longshore.runtime.service.telemetry.LogFormat;
import dev.longshore.runtime.service.telemetry.LogLevel;
import dev.longshore.runtime.service.telemetry.TelemetrySettings;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.runtime.testing.MemoryBus;
import dev.longshore.runtime.testing.MemoryService;
import dev.longshore.settings.value.ByteSize;
import dev.longshore.settings.value.Listen;
import dev.longshore.testing.ManualClock;
import dev.longshore.testing.Sha256;
import io.opentelemetry.api.OpenTelemetry;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * A whole pinner over a Kafka and peers in memory: what it does, it does because its own rounds
 * asked for it. Peer {@code ingest} takes images in and keeps none.
 */
final class KeptBed implements AutoCloseable {
  static final Duration LOST_AFTER = Duration.ofMinutes(30);
  static final Duration SCRUB_INTERVAL = Duration.ofDays(1);
  private static final Duration ROUND = Duration.ofSeconds(10);
  private static final Duration CALL = Duration.ofSeconds(2);
  static final int LAYER_BYTES = 20_000;
  private static final Listen NOWHERE = new Listen("127.0.0.1", 0);

  final ManualClock clock = new ManualClock(Instant.parse("2026-01-01T00:00:00Z"));
  final Catalog catalog = Catalog.inMemory(clock);
  final InMemorySwarm swarm = new InMemorySwarm();
  final InMemoryIpfsNode ingest = swarm.node("ingest");

  /** Another one that keeps none: images were taken in there before. */
  final InMemoryIpfsNode former = swarm.node("former");

  /** What the pinner asks by the peer's name. */
  final Map<String, IpfsNode> asked = new LinkedHashMap<>();

  /** Image DAGs for which the step was asked for, one entry each time. */
  final List<String> nudged = new ArrayList<>();

  private final Map<String, InMemoryIpfsNode> nodes = new LinkedHashMap<>();
  private List<RuleSettings> rules;
  private final Map<String, PeerPlace> places;
  private CurrentSettings current;

  /** What the pinner knows of programs that do not answer. */
  Endpoints endpoints;

  private final MemoryBus bus = new MemoryBus(clock);

  /** One for all pinners, as Kafka remembers what was handled when one of them ends. */
  private final MemoryService host;

  /** Bytes a second that the next pinner reads of each peer. */
  long scrubRate;

  /** Whether the catalog knows the images that are pushed: their names and sizes. */
  boolean knowsImages;

  /** Whether the images that are pushed have names, too. */
  boolean namesImages;

  /** The image DAG for which asking for the step fails, once. */
  @Nullable String failsOnce;

  /** Whether all partitions are another process's, as far as the pinner's rounds are told. */
  boolean refuses;

  /** Done each time that settings were replaced, before the pinner hears of it. */
  Runnable beforeReplaced = () -> {};

  /** Image DAGs that the pinner may ask for in one round: too much waits for more. */
  int mostAsked = Integer.MAX_VALUE;

  private int askedNow;

  /** Whether the catalog follows Kafka: it is read to its end before each round. */
  boolean follows;

  /** Where the next pinner tells its metrics. */
  OpenTelemetry telemetry = OpenTelemetry.noop();

  private PinnerService pinner;
  private @Nullable PinnerService second;
  private long written;

  /** Peers that keep copies, by their names. */
  KeptBed(String... names) {
    this(
        List.of(),
        Stream.of(names).collect(Collectors.toMap(name -> name, _ -> PeerPlace.of("default"))));
  }

  /** Peers that keep copies by these rules, and where they stand. */
  KeptBed(List<RuleSettings> rules, Map<String, PeerPlace> places) {
    this(rules, places, true);
  }

  /**
   * The same.
   *
   * @param isComplete whether the catalog has read all of Kafka
   */
  KeptBed(List<RuleSettings> rules, Map<String, PeerPlace> places, boolean isComplete) {
    this.rules = rules;
    this.places = places;
    String[] names = places.keySet().stream().sorted().toArray(String[]::new);
    for (String name : names) {
      nodes.put(name, swarm.node(name));
    }
    asked.put("ingest", ingest);
    asked.put("former", former);
    asked.putAll(nodes);
    host =
        bus.service(
            new ServiceId("pinner", "pin", "main"),
            Set.of(Topic.CONVERTED),
            new Endpoints(clock, (_, _) -> {}, new Random(1)),
            catalog,
            (message, progress) -> of(message.key()).step().handle(message, progress));
    follows = isComplete;
    if (isComplete) {
      catalog.writer().complete(clock.instant().minus(Duration.ofDays(1)));
    }
    restart(names);
  }

  /** Ends the pinner and starts one that knows these peers. */
  void restart(String... names) {
    host.stop(Duration.ofSeconds(5));
    endpoints = new Endpoints(clock, (_, _) -> {}, new Random(1));
    SharedSettings shared = shared(peers(names), rules);
    current = CurrentSettings.of(shared);
    current.onReplaced(() -> beforeReplaced.run());
    pinner = pinner(shared, endpoints);
    second = null;
    host.start();
  }

  private PinnerService pinner(SharedSettings shared, Endpoints itsOwn) {
    return new PinnerService(
        new ServiceContext(shared, current, catalog, itsOwn, telemetry, AuditSink.NONE, clock),
        pinner(CALL, ROUND, LOST_AFTER, scrubRate),
        peer -> asked.get(peer.rpc().getPath().substring(1)),
        Executors::newVirtualThreadPerTaskExecutor,
        new Random(1));
  }

  /** Starts a second pinner, which gets half of the partitions. */
  void addPinner() {
    second =
        pinner(
            shared(current.now().peers(), rules),
            new Endpoints(clock, (_, _) -> {}, new Random(2)));
  }

  /** The one that has the key's partition. */
  private PinnerService of(String key) {
    PinnerService other = second;
    return other == null || KeyPartitions.of(key) % 2 == 0 ? pinner : other;
  }

  /** The settings file changes, and has these peers from now on. */
  void configure(String... names) {
    configure(rules, peers(names));
  }

  /** The settings file changes, and has these rules from now on. */
  void configure(List<RuleSettings> others) {
    configure(others, current.now().peers());
  }

  /** The settings file changes. */
  void configure(List<RuleSettings> others, List<PeerSettings> peers) {
    rules = others;
    current.replace(new PeersAndRules(peers, others));
  }

  /** What other settings would move. */
  MovePlan plan(List<RuleSettings> others, List<PeerSettings> peers) {
    return new MovePlan(
        catalog, new PeersAndRules(peers, others), peer -> asked.get(peer.name()), clock);
  }

  /** Settings of these, and of those that take images in. */
  List<PeerSettings> peers(String... names) {
    List<PeerSettings> peers =
        new ArrayList<>(
            List.of(
                settings("ingest", PeerPlace.of("core"), false),
                settings("former", PeerPlace.of("core"), false)));
    for (String name : names) {
      peers.add(settings(name, places.getOrDefault(name, PeerPlace.of("default")), true));
    }
    return peers;
  }

  /** A peer of this name that another node is behind. */
  PeerSettings elsewhere(String name, String node) {
    return settings(name, node, places.getOrDefault(name, PeerPlace.of("default")), true);
  }

  InMemoryIpfsNode node(String name) {
    return nodes.get(name);
  }

  /** Does that each time before the pinner makes this call to the peer. */
  void before(String call, String name, Runnable look) {
    IpfsNode node = node(name);
    InvocationHandler handler =
        (_, method, arguments) -> {
          if (method.getName().equals(call)) {
            look.run();
          }
          try {
            return method.invoke(node, arguments);
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
        };
    asked.put(
        name,
        (IpfsNode)
            Proxy.newProxyInstance(
                IpfsNode.class.getClassLoader(), new Class<?>[] {IpfsNode.class}, handler));
    restart(nodes.keySet().toArray(String[]::new));
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
    host.awaitIdle();
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
    host.awaitIdle();
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

  private void learn(Cid dag, byte[] source) {
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

  /** Image DAGs that the pinner says it missed, which its process asks for after a gap. */
  List<String> missed() {
    return pinner.missed();
  }

  /** Asks for the step, as {@link #missed} is. */
  boolean nudge(String key) {
    return host.nudge(Topic.CONVERTED, key);
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

  /** The pinner's next round, when its time has come, with all that it asks for. */
  void round() {
    beginRound();
    host.awaitIdle();
  }

  /** The pinner's next round; what it asks for may be under way still. */
  void beginRound() {
    clock.advance(ROUND);
    if (follows) {
      catalog.writer().complete(clock.instant());
    }
    askedNow = 0;
    round(pinner);
    if (second != null) {
      round(second);
    }
  }

  private void round(PinnerService one) {
    Predicate<String> nudge =
        key -> {
          if (!asked.containsKey(key)) {
            if (askedNow >= mostAsked) {
              return false;
            }
            askedNow++;
            nudged.add(key);
          }
          if (key.equals(failsOnce)) {
            failsOnce = null;
            throw new IllegalStateException("asking for " + key + " fails");
          }
          return !refuses && one == of(key) && host.nudge(Topic.CONVERTED, key);
        };
    one.repairOnce(new Hosted(nudge, nudge, key -> !refuses && one == of(key), host::hasOpenGap));
  }

  /** Whether the pinner's events were missed, and are still looked for. */
  void setOpenGap(boolean open) {
    host.setOpenGap(open);
  }

  /** So many rounds as the time takes. */
  void rounds(Duration time) {
    for (long i = 0; i < time.dividedBy(ROUND); i++) {
      round();
    }
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

  static PinnerSettings pinner(Duration call, Duration repairInterval, Duration lostAfter) {
    return pinner(call, repairInterval, lostAfter, 0);
  }

  /** One that reads so many bytes a second of each peer. */
  static PinnerSettings pinner(
      Duration call, Duration repairInterval, Duration lostAfter, long scrubRate) {
    return pinner(call, repairInterval, lostAfter, scrubRate, 20);
  }

  /** One that collects the garbage of peers with less room, in percent. */
  static PinnerSettings pinner(
      Duration call,
      Duration repairInterval,
      Duration lostAfter,
      long scrubRate,
      int collectBelow) {
    return new PinnerSettings(
        NOWHERE,
        NOWHERE,
        AccessSettings.OPEN,
        8,
        call,
        call,
        call,
        call,
        repairInterval,
        lostAfter,
        new ByteSize(scrubRate),
        SCRUB_INTERVAL,
        collectBelow);
  }

  static PeerSettings settings(String name, boolean keeps) {
    return settings(name, PeerPlace.of("default"), keeps);
  }

  private static PeerSettings settings(String name, PeerPlace place, boolean keeps) {
    return settings(name, name, place, keeps);
  }

  private static PeerSettings settings(String name, String node, PeerPlace place, boolean keeps) {
    return new PeerSettings(
        name,
        place,
        URI.create("http://127.0.0.1:1/" + node),
        URI.create("http://127.0.0.1:2/" + node),
        List.of(),
        null,
        keeps,
        false,
        null,
        false);
  }

  static SharedSettings shared(List<PeerSettings> peers) {
    return shared(peers, List.of());
  }

  static SharedSettings shared(List<PeerSettings> peers, List<RuleSettings> rules) {
    return new SharedSettings(
        Path.of("unused"),
        "main",
        "default",
        new KafkaSettings(List.of("127.0.0.1:1"), "", 1, null),
        List.of(),
        peers,
        rules,
        new TelemetrySettings(null, LogFormat.PLAIN, LogLevel.ERROR),
        ListenerSettings.open(NOWHERE));
  }

  /** A node whose calls pass through these. */
  static IpfsNode behind(InvocationHandler calls) {
    return (IpfsNode)
        Proxy.newProxyInstance(
            IpfsNode.class.getClassLoader(),
            new Class<?>[] {IpfsNode.class},
            (proxy, method, arguments) -> {
              try {
                return calls.invoke(proxy, method, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  static Deadline soon() {
    return Deadline.after(Duration.ofSeconds(5));
  }

  @Override
  public void close() {
    host.stop(Duration.ofSeconds(5));
    catalog.close();
  }
}
