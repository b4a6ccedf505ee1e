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

  /** Asks every connection's next url in turn, beginning at another one each. */
  public Outcome run(List<String> urls) throws IOException, InterruptedException {
    List<Double> seconds = Collections.synchronizedList(new ArrayList<>());
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Stopwatch watch = Stopwatch.start(servers);
      List<Future<List<Double>>> running = new ArrayList<>();
      for (int i = 0; i < connections; i++) {
        String url = urls.get(i % urls.size());
        running.add(threads.submit(() -> connection(url)));
      }
      for (Future<List<Double>> one : running) {
        seconds.addAll(one.get());
      }
      return new Outcome(watch.sample(seconds.size()), List.copyOf(seconds));
    } catch (ExecutionException e) {
      throw new IOException("a request failed: " + e.getCause().getMessage(), e.getCause());
    }
  }

  private List<Double> connection(String url) throws IOException {
    List<Double> seconds = new ArrayList<>(requests);
    try (KeepAliveClient client = new KeepAliveClient(URI.create(url), accept)) {
      for (int i = 0; i < requests; i++) {
        seconds.add(client.request());
      }
    }
    return seconds;
  }
}
