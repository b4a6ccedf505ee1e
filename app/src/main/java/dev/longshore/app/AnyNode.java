package dev.longshore.app;

import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.runtime.service.health.HealthCheck;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/** Whether one of these nodes answers; if none does, what each of them says. */
final class AnyNode implements HealthCheck {
  private final Supplier<List<IpfsNode>> nodes;
  private final Duration limit;

  AnyNode(Supplier<List<IpfsNode>> nodes, Duration limit) {
    this.nodes = nodes;
    this.limit = limit;
  }

  @Override
  public void ask() throws InterruptedException {
    Queue<String> failures = new ConcurrentLinkedQueue<>();
    List<Callable<String>> questions =
        nodes.get().stream().map(node -> question(node, failures)).toList();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var _ = threads.invokeAny(questions);
    } catch (ExecutionException e) {
      throw new IllegalStateException(String.join("; ", failures), e);
    }
  }

  private Callable<String> question(IpfsNode node, Queue<String> failures) {
    return () -> {
      try {
        return node.id(Deadline.after(limit)).peerId();
      } catch (KuboException e) {
        failures.add(String.valueOf(e.getMessage()));
        throw e;
      }
    };
  }
}
