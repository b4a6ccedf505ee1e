package dev.longshore.app.cli;

import dev.longshore.app.KuboNodes;
import dev.longshore.events.CopiesState;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.node.LocalCheck;
import dev.longshore.model.Cid;
import dev.longshore.model.ImageDag;
import dev.longshore.model.PeerName;
import dev.longshore.runtime.config.PeerSettings;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/** Asks the peers themselves whether they have their recorded copies. */
final class LiveCopies {
  /** For a question that a node answers from its own store. */
  private static final Duration ANSWER = Duration.ofSeconds(10);

  private final Map<PeerName, IpfsNode> nodes = new LinkedHashMap<>();
  private final Duration verification;

  /** What a peer said. */
  sealed interface Answer {
    /** It has the pin and every block below it. */
    record There() implements Answer {}

    /** It lacks the pin, or a block. */
    record Gone(String reason) implements Answer {}

    /** It did not say. */
    record Silent(String reason) implements Answer {}
  }

  /**
   * @param verification how long a peer may take to look at every block of an image
   */
  LiveCopies(List<PeerSettings> peers, Duration verification) {
    this(peers, KuboNodes::open, verification);
  }

  LiveCopies(
      List<PeerSettings> peers, Function<PeerSettings, IpfsNode> open, Duration verification) {
    peers.forEach(peer -> nodes.put(new PeerName(peer.name()), open.apply(peer)));
    this.verification = verification;
  }

  /** Asks the peers of these copies of an image, all in parallel. */
  Map<CopiesState.Copy, Answer> ask(ImageDag dag, List<CopiesState.Copy> copies)
      throws InterruptedException {
    Map<CopiesState.Copy, Future<Answer>> asked = new LinkedHashMap<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      copies.forEach(copy -> asked.put(copy, threads.submit(() -> ask(dag.cid(), copy.peer()))));
    }
    Map<CopiesState.Copy, Answer> answers = new LinkedHashMap<>();
    for (Map.Entry<CopiesState.Copy, Future<Answer>> one : asked.entrySet()) {
      try {
        answers.put(one.getKey(), one.getValue().get());
      } catch (ExecutionException e) {
        throw new IllegalStateException("asking a peer ended in a defect", e.getCause());
      }
    }
    return answers;
  }

  private Answer ask(Cid dag, PeerName peer) {
    IpfsNode node = nodes.get(peer);
    if (node == null) {
      return new Answer.Gone("the peer is not configured");
    }
    try {
      if (!node.isPinned(dag, Deadline.after(ANSWER))) {
        return new Answer.Gone("its pin is gone");
      }
      node.verifyLocal(dag, LocalCheck.PRESENCE, Deadline.after(verification));
      return new Answer.There();
    } catch (KuboException e) {
      return e.fault() == Fault.NOT_HELD
          ? new Answer.Gone("it is pinned, but blocks are gone")
          : new Answer.Silent(String.valueOf(e.getMessage()));
    }
  }
}
