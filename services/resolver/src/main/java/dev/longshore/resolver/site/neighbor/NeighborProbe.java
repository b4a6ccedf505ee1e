package dev.longshore.resolver.site.neighbor;

import dev.longshore.model.Cid;
import dev.longshore.model.ImageDag;
import dev.longshore.resolver.site.hub.HubException;
import dev.longshore.resolver.site.neighbor.SourceSelection.Candidate;
import dev.longshore.sites.DagPresence;
import dev.longshore.sites.DagPresence.State;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Greets the neighbors periodically, and asks all of them at once what they have. */
final class NeighborProbe {
  private static final Logger LOG = LoggerFactory.getLogger(NeighborProbe.class);

  /** Between two greetings: connections stay open, and who is there is known before it counts. */
  private static final Duration GREET = Duration.ofSeconds(10);

  /** The same of one that has not answered. */
  private static final Duration GREET_AGAIN = Duration.ofSeconds(1);

  /** The empty block: nobody fetches it. */
  private static final ImageDag NOTHING = new ImageDag(Cid.parse("bafkqaaa"));

  private final DagPresence self;
  private final Nodes nodes;
  private final Roster roster;
  private final NeighborTimes times;
  private final Supplier<Optional<NeighborClient>> client;
  private final Set<InetSocketAddress> greeted = ConcurrentHashMap.newKeySet();
  private final CountDownLatch firstGreetings = new CountDownLatch(1);
  private boolean isAcquainting;

  private record Answer(InetSocketAddress address, Optional<Candidate> candidate) {}

  /**
   * @param self what this node says of itself
   * @param client none while there are no keys of the site
   */
  NeighborProbe(
      DagPresence self,
      Nodes nodes,
      Roster roster,
      NeighborTimes times,
      Supplier<Optional<NeighborClient>> client) {
    this.self = self;
    this.nodes = nodes;
    this.roster = roster;
    this.times = times;
    this.client = client;
  }

  /** Greets until it is interrupted. */
  void greet() throws InterruptedException {
    Map<InetSocketAddress, Long> next = new HashMap<>();
    String met = "";
    while (true) {
      try {
        greetThoseDue(next);
      } catch (RuntimeException | Error e) { // the next greeting must come whatever this one met
        if (!met.equals(e.toString())) {
          met = e.toString();
          LOG.error("greeting the site's other nodes failed, and is tried again", e);
        }
      }
      TimeUnit.NANOSECONDS.sleep(GREET_AGAIN.toNanos());
    }
  }

  private void greetThoseDue(Map<InetSocketAddress, Long> next) throws InterruptedException {
    Optional<NeighborClient> open = client.get();
    if (open.isEmpty()) {
      return;
    }
    long now = System.nanoTime();
    List<Thread> begun = new ArrayList<>();
    for (InetSocketAddress address : nodes.addresses()) {
      Duration pause = roster.lately(address).isEmpty() ? GREET_AGAIN : GREET;
      Long last = next.get(address);
      boolean due = last == null || now - last >= pause.toNanos();
      if (due && roster.mayBeGreeted(address) && greeted.add(address)) {
        next.put(address, now);
        begun.add(Thread.ofVirtual().name("greeting").start(() -> greet(open.get(), address)));
      }
    }
    if (!begun.isEmpty() && !isAcquainting) {
      isAcquainting = true;
      var _ = Thread.ofVirtual().start(() -> ended(begun));
    }
  }

  private void greet(NeighborClient open, InetSocketAddress address) {
    try {
      var _ = ask(open, address, NOTHING, NeighborClient.FIRST);
    } finally {
      greeted.remove(address);
    }
  }

  private void ended(List<Thread> greetings) {
    try {
      for (Thread each : greetings) {
        each.join();
      }
      firstGreetings.countDown();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * What the neighbors say of a DAG. One that is slow, and answered lately, is taken for one that
   * has it not.
   *
   * @param within longest wait, if somebody waits; one that has it, or fetches it, ends that
   */
  List<Candidate> ask(ImageDag dag, Optional<Duration> within) throws InterruptedException {
    Optional<NeighborClient> open = client.get();
    if (open.isEmpty()) {
      return List.of();
    }
    long begun = System.nanoTime();
    if (within.isEmpty()) {
      boolean _ = firstGreetings.await(times.greeted().toNanos(), TimeUnit.NANOSECONDS);
    }
    BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();
    Set<InetSocketAddress> pending = new LinkedHashSet<>();
    for (InetSocketAddress address : nodes.addresses()) {
      if (roster.mayBeAsked(address)) {
        pending.add(address);
        Duration its = roster.lately(address).isEmpty() ? times.presence() : times.greeted();
        Thread.ofVirtual()
            .name("presence")
            .start(() -> answers.add(new Answer(address, ask(open.get(), address, dag, its))));
      }
    }
    List<Candidate> found = new ArrayList<>();
    boolean enough = false;
    while (!pending.isEmpty() && !enough) {
      long left = within.orElse(NeighborClient.FIRST).toNanos() - (System.nanoTime() - begun);
      Answer answer = answers.poll(left, TimeUnit.NANOSECONDS);
      if (answer == null) {
        break;
      }
      pending.remove(answer.address());
      answer.candidate().ifPresent(found::add);
      enough =
          within.isPresent()
              && answer.candidate().filter(c -> c.state() != State.ABSENT).isPresent();
    }
    for (InetSocketAddress address : pending) {
      roster
          .lately(address)
          .ifPresent(node -> found.add(new Candidate(address, node, State.ABSENT)));
    }
    return found;
  }

  /** Whether who answers at once is known: a greeting of each has ended. */
  boolean isAcquainted() {
    return firstGreetings.getCount() == 0;
  }

  /** What those say of a DAG who answer. */
  List<Candidate> said(ImageDag dag) throws InterruptedException {
    Optional<NeighborClient> open = client.get();
    if (open.isEmpty()) {
      return List.of();
    }
    Queue<Candidate> said = new ConcurrentLinkedQueue<>();
    List<Thread> asks = new ArrayList<>();
    for (InetSocketAddress address : nodes.addresses()) {
      if (roster.mayBeAsked(address)) {
        asks.add(
            Thread.ofVirtual()
                .name("presence")
                .start(() -> said(open.get(), address, dag).ifPresent(said::add)));
      }
    }
    for (Thread each : asks) {
      each.join();
    }
    return List.copyOf(said);
  }

  private Optional<Candidate> said(NeighborClient open, InetSocketAddress address, ImageDag dag) {
    try {
      DagPresence said = open.ask(address, dag, times.presence());
      return Optional.of(new Candidate(address, said.node(), said.state()))
          .filter(_ -> !said.node().equals(self.node()));
    } catch (HubException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  private Optional<Candidate> ask(
      NeighborClient open, InetSocketAddress address, ImageDag dag, Duration within) {
    try {
      DagPresence said = open.ask(address, dag, within);
      if (said.instance().equals(self.instance())) {
        roster.restLong(address);
        return Optional.empty();
      }
      if (said.node().equals(self.node())) {
        LOG.warn(
            "the node at {} has this node's name {}, so both fetch: let one join by another name",
            address,
            said.node());
        roster.restLong(address);
        return Optional.empty();
      }
      roster.answered(address, said.node());
      return Optional.of(new Candidate(address, said.node(), said.state()));
    } catch (HubException e) {
      roster.silent(address, e);
      return roster.lately(address).map(node -> new Candidate(address, node, State.ABSENT));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }
}
