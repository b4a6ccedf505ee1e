package dev.longshore.resolver.content;

import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.node.SwarmNode;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connects the site's node to the peers that should hold the content, and has it stay connected, so
 * that Bitswap finds them without routing.
 */
final class PeerConnections implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PeerConnections.class);

  /** Time before a connected peer is dialled again; the node may drop idle connections. */
  private static final Duration AGAIN = Duration.ofSeconds(30);

  /** The same if a read depends on it: the node may have been restarted. */
  private static final Duration AGAIN_IF_NEEDED = Duration.ofSeconds(2);

  /** Limit of one attempt: dialling a machine that is down takes up to this long. */
  private static final Duration DIAL = Duration.ofSeconds(10);

  /** A read waits this long; Bitswap also finds peers that connect later. */
  private static final Duration MOMENT = Duration.ofSeconds(2);

  /** Peers to try for one file; more do not speed up a single stream. */
  private static final int MOST_PEERS = 8;

  private record Attempt(Instant at, CompletableFuture<Boolean> connected) {}

  private final SwarmNode node;
  private final InstantSource clock;
  private final Map<String, Attempt> attempts = new ConcurrentHashMap<>();
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("connect-", 0).factory());

  PeerConnections(SwarmNode node, InstantSource clock) {
    this.node = node;
    this.clock = clock;
  }

  /**
   * Connects to these peers, except those tried recently.
   *
   * @param needed whether the read depends on them: if so, waits briefly for the first connection,
   *     even one begun by another caller
   */
  void seek(List<Provider> providers, boolean needed) throws InterruptedException {
    Instant now = clock.instant();
    Instant since = now.minus(needed ? AGAIN_IF_NEEDED : AGAIN);
    List<CompletableFuture<Boolean>> attempts =
        providers.stream()
            .limit(MOST_PEERS)
            .map(provider -> attempt(provider, since, now).connected())
            .toList();
    if (needed) {
      await(attempts);
    }
  }

  private Attempt attempt(Provider provider, Instant since, Instant now) {
    return attempts.compute(
        provider.peerId(),
        (_, last) ->
            last != null && (!last.connected().isDone() || !last.at().isBefore(since))
                ? last
                : new Attempt(
                    now, CompletableFuture.supplyAsync(() -> connect(provider), threads)));
  }

  /** Waits briefly until one is connected or none can be. */
  private static void await(List<CompletableFuture<Boolean>> attempts) throws InterruptedException {
    CompletableFuture<Boolean> first = new CompletableFuture<>();
    for (CompletableFuture<Boolean> attempt : attempts) {
      var _ =
          attempt.thenAccept(
              connected -> {
                if (connected) {
                  first.complete(true);
                }
              });
    }
    CompletableFuture<?> all = CompletableFuture.allOf(attempts.toArray(CompletableFuture[]::new));
    try {
      CompletableFuture.anyOf(first, all).get(MOMENT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      LOG.debug("no peer is connected yet");
    }
  }

  private boolean connect(Provider provider) {
    for (String address : provider.addresses()) {
      String full = address + "/p2p/" + provider.peerId();
      try {
        node.connect(full, Deadline.after(DIAL));
        stayConnected(full);
        return true;
      } catch (KuboException e) {
        LOG.debug("peer {} at {}: {}", provider.name(), full, e.getMessage());
      }
    }
    return false;
  }

  /** Others may read from the node too, and it has no routing to find a peer that it lost. */
  private void stayConnected(String address) {
    try {
      node.addPeering(address, Deadline.after(DIAL));
    } catch (KuboException e) {
      LOG.debug("{} is not connected again if it is lost: {}", address, e.getMessage());
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
    threads.close();
  }
}
