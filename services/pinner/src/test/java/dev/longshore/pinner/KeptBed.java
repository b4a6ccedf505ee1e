package dev.longshore.pinner;

import dev.longshore.events.Topic;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.rules.RuleSettings;
import dev.longshore.runtime.config.CurrentSettings;
import dev.longshore.runtime.config.PeerPlace;
import dev.longshore.runtime.config.PeerSettings;
import dev.longshore.runtime.config.PeersAndRules;
import dev.longshore.runtime.config.ServiceContext;
import dev.longshore.runtime.config.SharedSettings;
import dev.longshore.runtime.edge.audit.AuditSink;
import dev.longshore.runtime.kafka.record.KeyPartitions;
import dev.longshore.runtime.kafka.record.ServiceId;
import dev.longshore.runtime.service.endpoint.Endpoints;
import dev.longshore.runtime.testing.MemoryService;
import io.opentelemetry.api.OpenTelemetry;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
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
import org.jspecify.annotations.Nullable;

/**
 * A whole pinner over a Kafka and peers in memory: what it does, it does because its own rounds
 * asked for it. Peer {@code ingest} takes images in and keeps none.
 */
final class KeptBed extends KeptImages implements AutoCloseable {
  static final Duration LOST_AFTER = Duration.ofMinutes(30);
  private static final Duration ROUND = Duration.ofSeconds(10);

  /** What the pinner asks by the peer's name. */
  final Map<String, IpfsNode> asked = new LinkedHashMap<>();

  /** Image DAGs for which the step was asked for, one entry each time. */
  final List<String> nudged = new ArrayList<>();

  private List<RuleSettings> rules;
  private final Map<String, PeerPlace> places;
  private CurrentSettings current;

  /** What the pinner knows of programs that do not answer. */
  Endpoints endpoints;

  /** One for all pinners, as Kafka remembers what was handled when one of them ends. */
  private final MemoryService host;

  /** Bytes a second that the next pinner reads of each peer. */
  long scrubRate;

  /** The image DAG for which asking for the step fails, once. */
  @Nullable String failsOnce;

  /** Whether the pinner's rounds see all partitions as another process's. */
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
    SharedSettings shared = SamplePinner.shared(peers(names), rules);
    current = CurrentSettings.of(shared);
    current.onReplaced(() -> beforeReplaced.run());
    pinner = pinner(shared, endpoints);
    second = null;
    host.start();
  }

  private PinnerService pinner(SharedSettings shared, Endpoints itsOwn) {
    return new PinnerService(
        new ServiceContext(shared, current, catalog, itsOwn, telemetry, AuditSink.NONE, clock),
        SamplePinner.pinner(CALL, ROUND, LOST_AFTER, scrubRate),
        peer -> asked.get(peer.rpc().getPath().substring(1)),
        Executors::newVirtualThreadPerTaskExecutor,
        new Random(1));
  }

  /** Starts a second pinner, which gets half of the partitions. */
  void addPinner() {
    second =
        pinner(
            SamplePinner.shared(current.now().peers(), rules),
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
                SamplePinner.settings("ingest", PeerPlace.of("core"), false),
                SamplePinner.settings("former", PeerPlace.of("core"), false)));
    for (String name : names) {
      peers.add(
          SamplePinner.settings(name, places.getOrDefault(name, PeerPlace.of("default")), true));
    }
    return peers;
  }

  /** A peer of this name that another node is behind. */
  PeerSettings elsewhere(String name, String node) {
    return SamplePinner.settings(
        name, node, places.getOrDefault(name, PeerPlace.of("default")), true);
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

  /** Image DAGs that the pinner says it missed, which its process asks for after a gap. */
  List<String> missed() {
    return pinner.missed();
  }

  /** Asks for the step, as {@link #missed} is. */
  boolean nudge(String key) {
    return host.nudge(Topic.CONVERTED, key);
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

  @Override
  void awaitIdle() {
    host.awaitIdle();
  }

  @Override
  public void close() {
    host.stop(Duration.ofSeconds(5));
    catalog.close();
  }
}
