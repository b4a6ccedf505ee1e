package dev.longshore.resolver.site.neighbor;

import dev.longshore.model.Cid;
import dev.longshore.model.ImageDag;
import dev.longshore.model.SiteName;
import dev.longshore.resolver.site.hub.HubException;
import dev.longshore.resolver.site.hub.HubException.Kind;
import dev.longshore.resolver.site.neighbor.Choice.Candidate;
import dev.longshore.runtime.service.tls.ServerTlsSettings;
import dev.longshore.sites.Leaves;
import dev.longshore.sites.Presence;
import dev.longshore.sites.Presence.State;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The other nodes of the site, and which of them gives an image DAG. All are asked: one that has
 * it, or takes it from the hub, gives it. Where none does, the first in the {@linkplain Rendezvous
 * order} of all who answered takes it from the hub, and the others take it from that one.
 */
public final class Neighborhood implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Neighborhood.class);

  /** One that is away is not asked again for so long: each asking waits for it. */
  private static final Duration REST = Duration.ofSeconds(30);

  /** One that sends what it must not, and this node itself. */
  private static final Duration LONG_REST = Duration.ofMinutes(10);

  private static final int INSTANCE_BYTES = 16;

  /** Between two greetings: connections stay open, and who is there is known before it counts. */
  private static final Duration GREET = Duration.ofSeconds(10);

  /** One that answered within that is there, though it may be slow. */
  private static final Duration LATELY = Duration.ofSeconds(45);

  /** The empty block: nobody fetches it. */
  private static final ImageDag NOTHING = new ImageDag(Cid.parse("bafkqaaa"));

  private final SiteName site;
  private final String node;
  private final String instance = random();
  private final Nodes nodes;
  private final Supplier<Optional<ServerTlsSettings>> files;
  private final NeighborTimes times;
  private final LongSupplier nanos;
  private final LongConsumer received;
  private final Map<ImageDag, Use> uses = new HashMap<>();
  private final Map<InetSocketAddress, Long> resting = new ConcurrentHashMap<>();

  /** Those who answered last, by when. */
  private final Map<InetSocketAddress, Seen> seen = new ConcurrentHashMap<>();

  private volatile @Nullable Thread greeting;
  private volatile @Nullable NeighborClient client;
  private boolean closed;

  private record Seen(String node, long at) {}

  /** A choice, and how many fetch by it. */
  private static final class Use {
    private final Choice choice = new Choice();
    private int users;
    private long lastAt;
  }

  /**
   * @param node this node's name within the site
   * @param files keys of the site's nodes, once there are any
   * @param times how long it waits for them
   * @param received told of bytes of blocks from neighbors
   */
  public Neighborhood(
      NeighborSettings settings,
      SiteName site,
      String node,
      Supplier<Optional<ServerTlsSettings>> files,
      NeighborTimes times,
      LongConsumer received) {
    this(
        site,
        node,
        new Nodes(settings.nodes(), InetAddress::getAllByName, System::nanoTime),
        files,
        times,
        System::nanoTime,
        received);
  }

  Neighborhood(
      SiteName site,
      String node,
      Nodes nodes,
      Supplier<Optional<ServerTlsSettings>> files,
      NeighborTimes times,
      LongSupplier nanos,
      LongConsumer received) {
    this.site = site;
    this.node = node;
    this.nodes = nodes;
    this.files = files;
    this.times = times;
    this.nanos = nanos;
    this.received = received;
  }

  private static String random() {
    byte[] bytes = new byte[INSTANCE_BYTES];
    new SecureRandom().nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** Greets its neighbors from now on. */
  public void start() {
    greeting = Thread.ofVirtual().name("neighbor-greeting").start(this::greet);
  }

  private void greet() {
    try {
      while (true) {
        var _ = asked(NOTHING, NeighborClient.FIRST);
        TimeUnit.NANOSECONDS.sleep(GREET.toNanos());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IllegalStateException e) {
      LOG.debug("no more greetings", e);
    }
  }

  /** What this node tells of itself. */
  Presence presence(State state) {
    return new Presence(node, instance, state);
  }

  SiteName site() {
    return site;
  }

  /** A fetch of it begins, and ends with {@link #done}. */
  public synchronized void begin(ImageDag dag) {
    use(dag).users++;
  }

  /** A fetch of it has ended, whatever came of it. */
  public synchronized void done(ImageDag dag) {
    Use use = uses.get(dag);
    if (use != null && --use.users <= 0) {
      uses.remove(dag);
    }
  }

  private synchronized Use use(ImageDag dag) {
    long now = nanos.getAsLong();
    uses.values().removeIf(use -> use.users <= 0 && now - use.lastAt > REST.toNanos());
    Use use = uses.computeIfAbsent(dag, _ -> new Use());
    use.lastAt = now;
    return use;
  }

  /**
   * Inner nodes of it, from a neighbor.
   *
   * @return empty if they are to be asked of the hub
   */
  public Optional<InputStream> nodes(ImageDag dag) throws HubException, InterruptedException {
    Optional<Candidate> source = source(dag);
    return source.isEmpty()
        ? Optional.empty()
        : Optional.of(client().nodes(source.get().address(), dag));
  }

  /**
   * Leaves of it, from a neighbor.
   *
   * @param stall longest time without a byte that the caller bears
   * @return empty if they are to be asked of the hub
   */
  public Optional<InputStream> leaves(ImageDag dag, Leaves leaves, Duration stall)
      throws HubException, InterruptedException {
    Optional<Candidate> source = source(dag);
    return source.isEmpty()
        ? Optional.empty()
        : Optional.of(
            client()
                .leaves(
                    source.get().address(),
                    dag,
                    leaves,
                    source.get().state() == State.HERE,
                    stall));
  }

  private Optional<Candidate> source(ImageDag dag) throws InterruptedException {
    return use(dag).choice.source(() -> candidates(dag));
  }

  /** Whether it is taken from the hub, or would be now. */
  public synchronized boolean isFromHub(ImageDag dag) {
    Use use = uses.get(dag);
    return use == null || use.choice.isFromHub();
  }

  /** Whether this node takes it from the hub itself, and so may be waited for. */
  boolean isAlone(ImageDag dag) {
    return use(dag).choice.isAlone();
  }

  /** Whether it comes from the hub just now. */
  synchronized boolean isComing(ImageDag dag) {
    Use use = uses.get(dag);
    return use != null && use.users > 0 && use.choice.isFromHub();
  }

  /**
   * Whoever was asked last did not give it.
   *
   * @return whether another one can be asked at once
   */
  public boolean another(ImageDag dag, Exception why) {
    Optional<Candidate> last = use(dag).choice.failed();
    if (last.isEmpty()) {
      return false;
    }
    LOG.info(
        "{} does not come from neighbor {}, the next one is asked: {}",
        dag,
        last.get().node(),
        why.getMessage());
    rest(last.get().address(), why);
    return true;
  }

  private void rest(InetSocketAddress address, Exception why) {
    if (why instanceof HubException known && known.kind() == Kind.ABSENT) {
      return;
    }
    boolean lies = why instanceof HubException known && known.kind() == Kind.WRONG;
    rest(address, lies ? LONG_REST : REST);
  }

  private void rest(InetSocketAddress address, Duration time) {
    resting.put(address, nanos.getAsLong() + time.toNanos());
  }

  private boolean isResting(InetSocketAddress address) {
    Long until = resting.get(address);
    if (until == null || nanos.getAsLong() - until < 0) {
      return until != null;
    }
    resting.remove(address);
    return false;
  }

  /** Those who have it, those who take it from the hub, those who should in place of this node. */
  private List<Candidate> candidates(ImageDag dag) throws InterruptedException {
    Map<String, Candidate> answered = new LinkedHashMap<>();
    for (Candidate each : asked(dag, times.presence())) {
      answered.putIfAbsent(each.node(), each);
    }
    Set<String> all = new HashSet<>(answered.keySet());
    all.add(node);
    List<String> order = Rendezvous.order(all, dag);
    List<Candidate> chosen = new ArrayList<>();
    for (State state : List.of(State.HERE, State.COMING)) {
      order.stream()
          .map(answered::get)
          .filter(each -> each != null && each.state() == state)
          .forEach(chosen::add);
    }
    order.stream()
        .takeWhile(each -> !each.equals(node))
        .map(answered::get)
        .filter(each -> each != null && each.state() == State.ABSENT)
        .forEach(chosen::add);
    return chosen;
  }

  private List<Candidate> asked(ImageDag dag, Duration within) throws InterruptedException {
    List<InetSocketAddress> addresses =
        nodes.addresses().stream().filter(address -> !isResting(address)).toList();
    if (addresses.isEmpty() || files.get().isEmpty()) {
      return List.of();
    }
    List<Candidate> answered = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Optional<Candidate>>> asking = new ArrayList<>();
      for (InetSocketAddress address : addresses) {
        asking.add(threads.submit(() -> asked(address, dag, within)));
      }
      try {
        for (Future<Optional<Candidate>> each : asking) {
          each.get().ifPresent(answered::add);
        }
      } catch (ExecutionException e) {
        throw new IllegalStateException("asking neighbors", e.getCause());
      } finally {
        threads.shutdownNow();
      }
    }
    return answered;
  }

  private Optional<Candidate> asked(InetSocketAddress address, ImageDag dag, Duration within)
      throws InterruptedException {
    try {
      Presence said = client().ask(address, dag, within);
      if (said.instance().equals(instance)) {
        // An address may be another's some day.
        rest(address, LONG_REST);
        return Optional.empty();
      }
      if (said.node().equals(node)) {
        LOG.warn(
            "the node at {} has this node's name {}, so both fetch: let one join by another name",
            address,
            node);
        rest(address, LONG_REST);
        return Optional.empty();
      }
      if (seen.put(address, new Seen(said.node(), nanos.getAsLong())) == null) {
        LOG.info("neighbor {} at {} answers", said.node(), address);
      }
      return Optional.of(new Candidate(address, said.node(), said.state()));
    } catch (HubException e) {
      Seen last = seen.get(address);
      if (last != null && isSlow(e) && nanos.getAsLong() - last.at() < LATELY.toNanos()) {
        return Optional.of(new Candidate(address, last.node(), State.ABSENT));
      }
      if (seen.remove(address) != null) {
        LOG.warn("it is passed over until it answers: {}", e.getMessage());
      }
      rest(address, e);
      return Optional.empty();
    }
  }

  private static boolean isSlow(HubException e) {
    return e.getCause() instanceof HttpTimeoutException timeout
        && !(timeout instanceof HttpConnectTimeoutException);
  }

  private synchronized NeighborClient client() {
    NeighborClient open = client;
    if (open == null) {
      if (closed) {
        throw new IllegalStateException("the site stops");
      }
      ServerTlsSettings its =
          files
              .get()
              .orElseThrow(() -> new IllegalStateException("this node has no keys of its site"));
      open = new NeighborClient(NeighborTls.context(its), site, times, received);
      client = open;
    }
    return open;
  }

  @Override
  public synchronized void close() {
    closed = true;
    Thread greets = greeting;
    if (greets != null) {
      greets.interrupt();
    }
    NeighborClient open = client;
    if (open != null) {
      open.close();
    }
  }
}
