package dev.longshore.resolver.site.neighbor;

import dev.longshore.model.ImageDag;
import dev.longshore.model.SiteName;
import dev.longshore.resolver.site.neighbor.SourceSelection.Candidate;
import dev.longshore.runtime.service.lifecycle.Loop;
import dev.longshore.runtime.service.tls.ServerTlsSettings;
import dev.longshore.sites.DagPresence;
import dev.longshore.sites.DagPresence.State;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The other nodes of the site: who they are, who answers, and which one keeps an image DAG. */
public final class Neighborhood implements AutoCloseable {
  private static final int INSTANCE_BYTES = 16;

  private final SiteName site;
  private final String node;
  private final String instance = random();
  private final Supplier<Optional<ServerTlsSettings>> files;
  private final NeighborTimes times;
  private final LongSupplier nanos;
  private final LongConsumer received;
  private final Roster roster;
  private final NeighborProbe questions;
  private final DagSources sources;
  private final long startedAt;
  private final Loop greeting = new Loop("greeting of neighbors", this::greet);
  private @Nullable NeighborClient client;
  private boolean closed;

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
    this.site = site;
    this.node = node;
    this.files = files;
    this.times = times;
    this.nanos = System::nanoTime;
    this.startedAt = nanos.getAsLong();
    this.received = received;
    this.roster = new Roster(nanos);
    this.questions =
        new NeighborProbe(
            presence(State.ABSENT),
            new Nodes(settings.nodes(), InetAddress::getAllByName, nanos),
            roster,
            times,
            this::client);
    this.sources = new DagSources(node, times, roster, questions, this::client);
  }

  private static String random() {
    byte[] bytes = new byte[INSTANCE_BYTES];
    new SecureRandom().nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** Greets its neighbors from now on. */
  public void start() {
    greeting.start();
  }

  private void greet() throws InterruptedException {
    questions.greet();
  }

  /** Why it hears of no neighbor any more, if so. */
  public Optional<String> trouble() {
    return greeting.trouble();
  }

  /** From which of them, or the hub, image DAGs are taken. */
  public DagSources sources() {
    return sources;
  }

  /** How many neighbors answered lately. */
  public int answering() {
    return roster.answering();
  }

  /** Names of those. */
  public Set<String> names() {
    return roster.names();
  }

  /** Whether it knows who answers; of those who did not so far, it waits no longer. */
  public boolean knowsNeighbors() {
    return questions.isAcquainted()
        || nanos.getAsLong() - startedAt > NeighborClient.FIRST.toNanos();
  }

  /** Whether this node is responsible for an image, by rendezvous. */
  public boolean isFirst(Set<String> others, ImageDag dag) {
    return order(others, dag).getFirst().equals(node);
  }

  private List<String> order(Set<String> others, ImageDag dag) {
    Set<String> all = new HashSet<>(others);
    all.add(node);
    return Rendezvous.order(all, dag);
  }

  /** What is known of the nodes that come before this one for an image. */
  public enum Before {
    /** One of them has it. */
    HAVE_IT,
    /** All of them answered, and none has it. */
    LACK_IT,
    /** One of them does not answer. */
    SILENT
  }

  /**
   * Asks those that come before this one for an image.
   *
   * @param known names of nodes that may be away
   */
  public Before beforeThis(ImageDag dag, Set<String> known) throws InterruptedException {
    Map<String, State> said = new HashMap<>();
    for (Candidate each : questions.said(dag)) {
      said.put(each.node(), each.state());
    }
    Set<String> all = new HashSet<>(known);
    all.addAll(said.keySet());
    List<String> before = order(all, dag).stream().takeWhile(each -> !each.equals(node)).toList();
    if (before.stream().anyMatch(each -> said.get(each) == State.HERE)) {
      return Before.HAVE_IT;
    }
    return said.keySet().containsAll(before) ? Before.LACK_IT : Before.SILENT;
  }

  /** What this node tells of itself. */
  DagPresence presence(State state) {
    return new DagPresence(node, instance, state);
  }

  SiteName site() {
    return site;
  }

  private synchronized Optional<NeighborClient> client() {
    NeighborClient open = client;
    if (open == null && !closed) {
      Optional<ServerTlsSettings> its = files.get();
      if (its.isPresent()) {
        open = new NeighborClient(NeighborTls.context(its.get()), site, times, received);
        client = open;
      }
    }
    return Optional.ofNullable(open);
  }

  @Override
  public synchronized void close() {
    closed = true;
    greeting.interrupt();
    NeighborClient open = client;
    if (open != null) {
      open.close();
    }
  }
}
