package dev.longshore.bench.edge;

import dev.longshore.app.parts.DevelopmentKafka;
import dev.longshore.bench.Bar;
import dev.longshore.bench.Bench;
import dev.longshore.bench.Benchmark;
import dev.longshore.bench.BenchmarkReport;
import dev.longshore.bench.measure.Median;
import dev.longshore.bench.measure.ProcessTree;
import dev.longshore.bench.parts.FreshKubo;
import dev.longshore.bench.scale.GeneratedImages;
import dev.longshore.programs.FreePorts;
import dev.longshore.resolver.site.hub.HubException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One hub with two hundred sites of 10,000 images each, which wait for changes. */
public final class HubBenchmark implements Benchmark {
  private static final int SITES = 200;
  private static final int SITES_A_PAIR = 20;
  private static final int MOST_IMAGES = 10_000;
  private static final int CHANGES = 20;
  private static final double MIB = 1 << 20;
  private static final String GROUP = "stores";
  private static final List<String> MEMORY = List.of("-Xmx512m", "-XX:MaxDirectMemorySize=128m");
  private static final Bar CPU = new Bar.AtMost(5);
  private static final Bar RECONNECTED = new Bar.AtMost(60);
  private static final Bar REVOKED = new Bar.AtMost(10);
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final Duration BETWEEN = Duration.ofSeconds(1);
  private static final Duration LOOK = Duration.ofMillis(50);

  /** What follows joins and answers is over, and most is compiled. */
  private static final Duration REST = Duration.ofSeconds(20);

  @Override
  public String name() {
    return "hub";
  }

  @Override
  public void run(Bench bench) throws Exception {
    int images = Math.min(MOST_IMAGES, bench.images());
    int sites = Math.min(SITES, SITES_A_PAIR * bench.pairs());
    Path folder = Files.createDirectories(bench.folder().resolve(name()));
    List<Integer> ports = FreePorts.find(2);
    String kafkaAddress = "127.0.0.1:" + ports.get(0);
    DevelopmentKafka kafka =
        new DevelopmentKafka(
            ports.get(0), ports.get(1), folder.resolve("kafka"), System.err::println);
    kafka.start();
    try (FreshKubo kubo = FreshKubo.start(bench.tools(), folder.resolve("kubo"))) {
      bench.report().progress("writing the states of %,d images to Kafka ...".formatted(images));
      GeneratedImages generated = new GeneratedImages(images);
      generated.writeTo(kafkaAddress);
      try (HubProcess hub = hub(folder.resolve("hub"), kafkaAddress, kubo);
          Pollers pollers = Pollers.joined(hub, hub.address().getPort(), GROUP, sites)) {
        new Measurement(bench, generated, hub, pollers).run();
      }
    } finally {
      kafka.stop(Duration.ZERO);
    }
  }

  private static HubProcess hub(Path folder, String kafka, FreshKubo kubo)
      throws IOException, InterruptedException {
    return HubProcess.start(
        folder,
        MEMORY,
        new HubProcess.Surroundings(
            "127.0.0.1",
            kafka,
            """
            default-registry: %s
            kubo: {name: resolver, rpc: '%s', gateway: '%s'}
            """
                .formatted(
                    GeneratedImages.REGISTRY, kubo.settings().rpc(), kubo.settings().gateway()),
            """
            - name: %s
              rules:
                - repositories: ["**"]
            """
                .formatted(GROUP)));
  }

  private record Measurement(Bench bench, GeneratedImages images, HubProcess hub, Pollers pollers) {
    void run() throws Exception {
      awaitAll();
      Poller first = pollers.all().getFirst();
      pollers.all().forEach(each -> each.goOnFrom(first));
      bench.report().progress("all of them come back at once ...");
      pollers.all().forEach(Poller::disconnect);
      double back = atOnce(pollers.all(), poller -> poller.changes(false).size());
      pollers.all().forEach(Poller::disconnect);
      pollers.begin();
      TimeUnit.NANOSECONDS.sleep(REST.toNanos());
      ProcessTree tree = new ProcessTree(hub.program().process());
      bench
          .report()
          .progress("measuring what it takes at rest for %d min ...".formatted(bench.minutes()));
      double cpu = tree.cpuSeconds();
      double compiled = tree.compilerSeconds();
      long start = System.nanoTime();
      TimeUnit.MINUTES.sleep(bench.minutes());
      double seconds = (System.nanoTime() - start) / 1e9;
      cpu = tree.cpuSeconds() - cpu;
      compiled = tree.compilerSeconds() - compiled;
      List<Double> changes = changes();
      double revoked = revoked();
      BenchmarkReport report = bench.report();
      report.title(
          "hub: %d sites wait, %,d images each; a hub with TLS and %s; one run"
              .formatted(pollers.all().size(), images.count(), String.join(" ", MEMORY)));
      report.figure("at rest, % of a core", 100 * cpu / seconds, CPU);
      report.line("  %-60s %.2f".formatted("of it the JIT compilers", 100 * compiled / seconds));
      report.figure(
          "all come back with what they know, until all are answered, s", back, RECONNECTED);
      report.line(
          "  %-60s %.3f s, p99 %.3f s, the last %.3f s"
              .formatted(
                  "a change, from its write until heard by each, median",
                  Median.of(changes).value(),
                  Median.quantile(changes, 0.99),
                  Median.quantile(changes, 1)));
      report.figure("a revoked site is refused within, s", revoked, REVOKED);
      report.line(
          "  %-60s %.0f MiB".formatted("peak resident memory", tree.peakResidentBytes() / MIB));
      report.line(
          "  %-60s %d".formatted("requests of waiting sites that failed", pollers.failed()));
      double before = tree.cpuSeconds();
      long begin = System.nanoTime();
      var _ = pollers.all().getFirst().snapshot();
      report.line(
          "  %-60s %.1f s, %.1f of CPU"
              .formatted(
                  "one site reads everything",
                  (System.nanoTime() - begin) / 1e9,
                  tree.cpuSeconds() - before));
      before = tree.cpuSeconds();
      List<Poller> admitted = pollers.all().subList(0, pollers.all().size() - 1);
      double together = atOnce(admitted, Poller::snapshot);
      report.line(
          "  %-60s %.1f s, %.1f of CPU"
              .formatted(
                  admitted.size() + " sites read everything at once",
                  together,
                  tree.cpuSeconds() - before));
    }

    /** The hub has read all that was written. */
    private void awaitAll() throws Exception {
      Poller first = pollers.all().getFirst();
      long until = System.nanoTime() + PATIENCE.toNanos();
      long lines = 0;
      while (lines < images.count()) {
        if (System.nanoTime() > until) {
          throw new TimeoutException(
              "the hub tells of %,d of %,d images within %s"
                  .formatted(lines, images.count(), PATIENCE));
        }
        try {
          lines = first.snapshot();
        } catch (HubException e) {
          bench.report().progress("the hub still reads: " + e.getMessage());
        }
        TimeUnit.NANOSECONDS.sleep(BETWEEN.toNanos());
      }
    }

    /** Seconds until all are done who begin together. */
    private double atOnce(List<Poller> sites, Poller.Request request) throws Exception {
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        long start = System.nanoTime();
        List<Future<Long>> asked = new ArrayList<>();
        for (Poller poller : sites) {
          asked.add(threads.submit((Callable<Long>) () -> poller.persistently(request, PATIENCE)));
        }
        for (Future<Long> each : asked) {
          var _ = each.get();
        }
        return (System.nanoTime() - start) / 1e9;
      }
    }

    /** Seconds from the write of each change until each site heard of it. */
    private List<Double> changes() throws Exception {
      ConcurrentLinkedQueue<Long> heard = new ConcurrentLinkedQueue<>();
      pollers.tell((_, _) -> heard.add(System.nanoTime()));
      List<Double> all = new ArrayList<>();
      for (int i = 0; i < CHANGES; i++) {
        heard.clear();
        long start = System.nanoTime();
        images.writeMore(hub.kafka(), images.count() + i);
        long until = start + PATIENCE.toNanos();
        while (heard.size() < pollers.all().size() && System.nanoTime() < until) {
          TimeUnit.NANOSECONDS.sleep(LOOK.toNanos());
        }
        if (heard.size() < pollers.all().size()) {
          throw new TimeoutException(
              "%d of %d sites heard of a change".formatted(heard.size(), pollers.all().size()));
        }
        heard.forEach(at -> all.add((at - start) / 1e9));
        TimeUnit.NANOSECONDS.sleep(BETWEEN.toNanos());
      }
      return all;
    }

    private double revoked() throws Exception {
      Poller poller = pollers.all().getLast();
      pollers.revoke(poller);
      long start = System.nanoTime();
      long until = start + PATIENCE.toNanos();
      while (System.nanoTime() < until) {
        try {
          var _ = poller.changes(false);
        } catch (HubException e) {
          if (e.kind() == HubException.Kind.REFUSED) {
            return (System.nanoTime() - start) / 1e9;
          }
        }
        TimeUnit.NANOSECONDS.sleep(LOOK.toNanos());
      }
      throw new TimeoutException("a revoked site is still answered after " + PATIENCE);
    }
  }
}
