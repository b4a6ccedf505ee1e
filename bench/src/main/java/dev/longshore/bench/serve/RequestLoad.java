package dev.longshore.bench.serve;

import dev.longshore.bench.measure.ProcessTree;
import dev.longshore.bench.measure.Sample;
import dev.longshore.bench.measure.Stopwatch;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Small requests on many connections at once, each as soon as the one before is answered.
 *
 * @param requests of each connection
 */
public record RequestLoad(ProcessTree servers, int connections, int requests, String accept) {
  /**
   * What came of it.
   *
   * @param sample whose bytes are requests
   * @param seconds of each request
   */
  public record Outcome(Sample sample, List<Double> seconds) {
    /** Requests a second, over all connections. */
    public double rate() {
      return seconds.size() / sample.seconds();
    }
  }

  /**
   * Runs it once.
   *
   * @param targets paths with queries, asked one after another; each connection begins elsewhere
   */
  public Outcome run(URI server, List<String> targets) throws IOException, InterruptedException {
    List<Double> seconds = Collections.synchronizedList(new ArrayList<>());
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Stopwatch watch = Stopwatch.start(servers);
      List<Future<List<Double>>> running = new ArrayList<>();
      for (int i = 0; i < connections; i++) {
        int first = i * requests;
        running.add(threads.submit(() -> connection(server, targets, first)));
      }
      for (Future<List<Double>> one : running) {
        seconds.addAll(one.get());
      }
      return new Outcome(watch.sample(seconds.size()), List.copyOf(seconds));
    } catch (ExecutionException e) {
      throw new IOException("a request failed: " + e.getCause(), e);
    }
  }

  private List<Double> connection(URI server, List<String> targets, int first) throws IOException {
    List<Double> seconds = new ArrayList<>(requests);
    try (KeepAliveClient client = new KeepAliveClient(server, accept)) {
      for (int i = first; i < first + requests; i++) {
        seconds.add(client.request(targets.get(i % targets.size())));
      }
    }
    return seconds;
  }
}
