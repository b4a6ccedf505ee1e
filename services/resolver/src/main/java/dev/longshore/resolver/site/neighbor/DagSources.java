package dev.longshore.resolver.site.neighbor;

import dev.longshore.model.ImageDag;
import dev.longshore.resolver.site.hub.HubAnswer;
import dev.longshore.resolver.site.hub.HubAnswer.Progress;
import dev.longshore.resolver.site.hub.HubException;
import dev.longshore.resolver.site.hub.HubException.Kind;
import dev.longshore.resolver.site.neighbor.SourceSelection.Candidate;
import dev.longshore.sites.DagPresence.State;
import dev.longshore.sites.Leaves;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From which neighbor an image DAG is taken. All are asked: one that has it, or fetches it from the
 * hub, provides it. If none does, the first in the {@linkplain Rendezvous order} of all that
 * answered fetches it from the hub, and the others from that one. Compared with the hub alone, this
 * delays a requested image by no more than its {@link WaitBudget}.
 */
public final class DagSources {
  private static final Logger LOG = LoggerFactory.getLogger(DagSources.class);

  /** A choice that nobody uses is forgotten. */
  private static final Duration UNUSED = Duration.ofSeconds(30);

  /** Who asks this node for something may have somebody who waits. */
  private static final Duration LOOKS = Duration.ofSeconds(1);

  /** Before neighbors are asked again what they have, where one waits for another one itself. */
  private static final Duration PAUSE = Duration.ofSeconds(1);

  /** How often: each neighbor is waited for until it has heard of a change, and one has it then. */
  private static final int AGAIN = 15;

  private static final Duration FOREVER = Duration.ofDays(1);
  private final String node;
  private final NeighborTimes times;
  private final LongSupplier nanos = System::nanoTime;
  private final Roster roster;
  private final NeighborProbe questions;
  private final Supplier<Optional<NeighborClient>> client;
  private final Map<ImageDag, Use> uses = new HashMap<>();

  /** The hub, for which a neighbor stands in. */
  @FunctionalInterface
  public interface Hub {
    InputStream ask() throws HubException, InterruptedException;
  }

  /** A request to one of the neighbors. */
  @FunctionalInterface
  private interface Request {
    InputStream to(NeighborClient client, Candidate neighbor)
        throws HubException, InterruptedException;
  }

  /** A choice, and how many fetch by it. */
  private static final class Use {
    private final SourceSelection choice = new SourceSelection();
    private int users;

    /** Neighbors that have not heard of it: they are not the ones to take it from the hub. */
    private final Set<String> strangers = ConcurrentHashMap.newKeySet();

    private int again;
    private long lastAt;

    /** Null while nobody waits for it. */
    private volatile @Nullable WaitBudget patience;

    private volatile boolean fromHub;
  }

  /**
   * @param node this node's name within the site
   * @param times how long it waits for neighbors
   * @param client none while there are no keys of the site
   */
  DagSources(
      String node,
      NeighborTimes times,
      Roster roster,
      NeighborProbe questions,
      Supplier<Optional<NeighborClient>> client) {
    this.node = node;
    this.times = times;
    this.roster = roster;
    this.questions = questions;
    this.client = client;
  }

  /** A fetch of it begins, and ends with {@link #done}. */
  public synchronized void begin(ImageDag dag) {
    use(dag).users++;
  }

  /** The same of one that somebody waits for. */
  public synchronized void beginAwaited(ImageDag dag) {
    begin(dag);
    Use use = use(dag);
    if (use.patience == null) {
      use.patience = new WaitBudget(times.patience());
    }
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
    uses.values().removeIf(use -> use.users <= 0 && now - use.lastAt > UNUSED.toNanos());
    Use use = uses.computeIfAbsent(dag, _ -> new Use());
    use.lastAt = now;
    return use;
  }

  /** Inner nodes of it, from a neighbor or else the hub. */
  public InputStream nodes(ImageDag dag, Hub hub) throws HubException, InterruptedException {
    return taken(dag, hub, FOREVER, (open, from) -> open.nodes(from.address(), dag));
  }

  /**
   * Leaves of it, from a neighbor or else the hub.
   *
   * @param stall longest time without a byte that the caller bears
   */
  public InputStream leaves(ImageDag dag, Leaves leaves, Duration stall, Hub hub)
      throws HubException, InterruptedException {
    return taken(
        dag,
        hub,
        stall,
        (open, from) -> open.leaves(from.address(), dag, leaves, from.state() == State.HERE));
  }

  private InputStream taken(ImageDag dag, Hub hub, Duration stall, Request request)
      throws HubException, InterruptedException {
    Use use = use(dag);
    WaitBudget patience = use.patience;
    long begun = nanos.getAsLong();
    Duration within = patience == null ? FOREVER : Duration.ofNanos(patience.left());
    Optional<Candidate> source = use.choice.source(() -> candidates(dag, use, patience), within);
    Optional<NeighborClient> open = client.get();
    if (source.isEmpty() || open.isEmpty()) {
      lost(patience, begun);
      use.fromHub = true;
      return hub.ask();
    }
    use.fromHub = false;
    if (patience == null) {
      return bounded(request.to(open.get(), source.get()), shorter(stall, times.stall()));
    }
    long alone = patience.left() - (nanos.getAsLong() - begun);
    Race.Won won;
    try {
      won = Race.run(() -> request.to(open.get(), source.get()), hub::ask, Math.max(0, alone));
    } catch (HubException e) {
      lost(patience, begun);
      throw e;
    }
    use.fromHub = won.byHub();
    if (won.byHub()) {
      patience.lost(patience.left());
      return won.car();
    }
    return bounded(won.car(), shorter(stall, times.patience()));
  }

  private void lost(@Nullable WaitBudget patience, long since) {
    if (patience != null) {
      patience.lost(nanos.getAsLong() - since);
    }
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private static InputStream bounded(InputStream in, Duration stall) {
    return new HubAnswer(in, stall, Progress.LEAST, _ -> {});
  }

  /** Whether what came last of it came from the hub. */
  public synchronized boolean isFromHub(ImageDag dag) {
    Use use = uses.get(dag);
    return use == null || use.fromHub;
  }

  /**
   * Whether this node takes it from the hub itself, and so may be waited for. It looks for others
   * who have it before, as one may have begun since its neighbor asked.
   */
  boolean isAlone(ImageDag dag) throws InterruptedException {
    Use use = use(dag);
    var _ = use.choice.source(() -> candidates(dag, use, null), LOOKS);
    return use.choice.isAlone();
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
    Use use = use(dag);
    boolean byHub = use.fromHub;
    WaitBudget patience = use.patience;
    if (byHub && patience != null) {
      // Without the hub the neighbors are what there is.
      use.patience = new WaitBudget(times.patience());
    }
    if (!byHub && patience == null && isWaiting(why) && use.again < AGAIN) {
      use.again++;
      use.choice.again(
          () -> {
            TimeUnit.NANOSECONDS.sleep(PAUSE.toNanos());
            return candidates(dag, use, null);
          });
      return true;
    }
    Optional<Candidate> last = use.choice.failed();
    if (last.isEmpty()) {
      return false;
    }
    LOG.info(
        "{} does not come from {}, the next one is asked: {}",
        dag,
        byHub ? "the hub" : "neighbor " + last.get().node(),
        why.getMessage());
    if (byHub) {
      return true;
    }
    if (why instanceof HubException known && known.kind() == Kind.ABSENT) {
      use.strangers.add(last.get().node());
    }
    roster.failed(last.get().address(), why);
    if (patience != null && !(why instanceof HubException)) {
      stoppedInTheMiddle(use.choice, patience);
    }
    return true;
  }

  private static boolean isWaiting(Exception why) {
    return why instanceof HubException known && known.kind() == Kind.FROM_ANOTHER;
  }

  /** The second that does so in one image is the last that is asked for it. */
  private static void stoppedInTheMiddle(SourceSelection choice, WaitBudget patience) {
    while (patience.left() == 0 && choice.hasCandidates()) {
      var _ = choice.failed();
    }
    patience.lost(patience.left());
  }

  /** Those who have it, those who take it from the hub, those who should in place of this node. */
  private List<Candidate> candidates(ImageDag dag, Use use, @Nullable WaitBudget patience)
      throws InterruptedException {
    Optional<Duration> within =
        Optional.ofNullable(patience).map(its -> Duration.ofNanos(its.left() / 2));
    Map<String, Candidate> answered = new LinkedHashMap<>();
    for (Candidate each : questions.ask(dag, within)) {
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
        .filter(each -> !use.strangers.contains(each.node()))
        .forEach(chosen::add);
    return chosen;
  }
}
