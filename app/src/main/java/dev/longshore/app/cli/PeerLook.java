package dev.longshore.app.cli;

import dev.longshore.app.KuboNodes;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.kubo.KuboException;
import dev.longshore.runtime.config.PeerSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** Asks all peers at once whether they are there, while the command does something else. */
final class PeerLook implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(1);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Future<Answer>> asked = new ArrayList<>();

  private PeerLook() {}

  /**
   * What a peer answered.
   *
   * @param problem none if it is up
   */
  record Answer(String peer, String site, @Nullable String problem) {
    @Override
    public String toString() {
      return peer + " (" + site + ") " + (problem == null ? "up" : "away: " + problem);
    }
  }

  static PeerLook begin(List<PeerSettings> peers) {
    PeerLook look = new PeerLook();
    for (PeerSettings peer : peers) {
      look.asked.add(look.threads.submit(() -> ask(peer)));
    }
    return look;
  }

  private static Answer ask(PeerSettings peer) {
    try {
      KuboNodes.open(peer).id(Deadline.after(LIMIT));
      return new Answer(peer.name(), peer.site(), null);
    } catch (KuboException e) {
      return new Answer(peer.name(), peer.site(), e.getMessage());
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
