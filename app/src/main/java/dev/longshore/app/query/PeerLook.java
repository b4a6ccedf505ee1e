package dev.longshore.app.query;

import dev.longshore.app.KuboNodes;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.runtime.config.PeerSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** Asks all peers in parallel whether they are up, while the command goes on. */
final class PeerLook implements AutoCloseable {
  /** A node on a busy machine takes seconds; one that is down fails at once. */
  private static final Duration LIMIT = Duration.ofSeconds(5);

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Future<Answer>> asked = new ArrayList<>();

  private PeerLook() {}

  /** The state of a peer: one that accepts connections but is silent may just be busy. */
  enum State {
    UP,
    SILENT,
    AWAY;

    String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * What a peer answered.
   *
   * @param problem null if it is up
   */
  record Answer(String peer, String site, State state, @Nullable String problem) {
    @Override
    public String toString() {
      return "%s (%s) %s%s"
          .formatted(peer, site, state.text(), problem == null ? "" : ": " + problem);
    }
  }

  static PeerLook begin(List<PeerSettings> peers) {
    return begin(peers, LIMIT);
  }

  static PeerLook begin(List<PeerSettings> peers, Duration limit) {
    PeerLook look = new PeerLook();
    for (PeerSettings peer : peers) {
      look.asked.add(look.threads.submit(() -> ask(peer, limit)));
    }
    return look;
  }

  private static Answer ask(PeerSettings peer, Duration limit) {
    try {
      KuboNodes.open(peer).id(Deadline.after(limit));
      return new Answer(peer.name(), peer.place().zone(), State.UP, null);
    } catch (KuboException e) {
      State state = e.fault() == Fault.TIMEOUT ? State.SILENT : State.AWAY;
      return new Answer(peer.name(), peer.place().zone(), state, e.getMessage());
    }
  }

  List<Answer> answers() throws InterruptedException {
    List<Answer> answers = new ArrayList<>();
    for (Future<Answer> one : asked) {
      try {
        answers.add(one.get());
      } catch (ExecutionException e) {
        throw new IllegalStateException("asking a peer ended in a defect", e.getCause());
      }
    }
    return answers;
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
