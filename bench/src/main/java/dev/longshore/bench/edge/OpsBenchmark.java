package dev.longshore.bench.edge;

import dev.longshore.app.parts.DevelopmentKafka;
import dev.longshore.app.settings.ConfigFile;
import dev.longshore.bench.Bar;
import dev.longshore.bench.Bench;
import dev.longshore.bench.Benchmark;
import dev.longshore.bench.BenchmarkReport;
import dev.longshore.bench.measure.ProcessTree;
import dev.longshore.bench.parts.FreshKubo;
import dev.longshore.bench.parts.Jvm;
import dev.longshore.bench.scale.GeneratedImages;
import dev.longshore.programs.Command;
import dev.longshore.programs.FreePorts;
import dev.longshore.programs.Program;
import dev.longshore.programs.Ready;
import dev.longshore.programs.RunningProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/**
 * The operations page in a process of its own, with 100,000 images and two hundred sites that
 * report to a hub once a minute: its first view, and what it takes while nobody looks and while one
 * does.
 */
public final class OpsBenchmark implements Benchmark {
  private static final int SITES = 200;
  private static final int SITES_A_PAIR = 20;
  private static final int MOST_IMAGES = 100_000;
  private static final String GROUP = "stores";

  private static final List<String> OF_HUB = List.of("-Xmx512m", "-XX:MaxDirectMemorySize=128m");
  private static final Bar FIRST = new Bar.AtMost(1);
  private static final Bar CPU = new Bar.AtMost(5);
  private static final Bar MEGABYTES = new Bar.AtMost(150);
  private static final Duration START = Duration.ofMinutes(10);
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final Duration BETWEEN = Duration.ofSeconds(1);

  /** Most is compiled, and all sites have reported. */
  private static final Duration REST = Duration.ofMinutes(1);

  @Override
  public String name() {
    return "ops";
  }

  @Override
  public void run(Bench bench) throws Exception {
    int images = Math.min(MOST_IMAGES, bench.images());
    int sites = Math.min(SITES, SITES_A_PAIR * bench.pairs());
    Path folder = Files.createDirectories(bench.folder().resolve(name()));
    List<Integer> ports = FreePorts.find(4);
    String kafkaAddress = "127.0.0.1:" + ports.get(0);
    DevelopmentKafka kafka =
        new DevelopmentKafka(
            ports.get(0), ports.get(1), folder.resolve("kafka"), System.err::println);
    kafka.start();
    try (FreshKubo kubo = FreshKubo.start(bench.tools(), folder.resolve("kubo"))) {
      bench.report().progress("writing the states of %,d images to Kafka ...".formatted(images));
      new GeneratedImages(images).writeTo(kafkaAddress);
      try (HubProcess hub = hub(folder.resolve("hub"), kafkaAddress, kubo);
          Pollers pollers = Pollers.joined(hub, hub.address().getPort(), GROUP, sites)) {
        awaitAll(bench.report(), pollers.all().getFirst(), images);
        try (Reporters reporters = Reporters.begin(pollers.all(), images)) {
          Measurement all = new Measurement(bench, images, new PageReader(ports.get(2)), reporters);
          bench.report().progress("the page reads all there is ...");
          try (RunningProgram cold = page(folder, kafkaAddress, ports.get(2), ports.get(3))) {
            all.readsAll(cold);
          }
          try (RunningProgram page = page(folder, kafkaAddress, ports.get(2), ports.get(3))) {
            all.run(page);
          }
        }
      }
    } finally {
      kafka.stop(Duration.ZERO);
    }
  }

  private static HubProcess hub(Path folder, String kafka, FreshKubo kubo)
      throws IOException, InterruptedException {
    return HubProcess.start(
        folder,
        OF_HUB,
        new HubProcess.Surroundings(
            "127.0.0.1",
            kafka,
            """
            default-registry: %s
            kubo: {name: resolver, rpc: '%s', gateway: '%s'}
            """
                .formatted(
                    GeneratedImages.REGISTRY, kubo.settings().rpc(), kubo.settings().gateway()),
            groups()));
  }

  private static String groups() {
    return """
    - name: %s
      rules:
        - repositories: ["**"]
    """
        .formatted(GROUP);
  }

  /** As Debian's package and {@code ./longshore} start it: options of its JVM among them. */
  private static Map<String, String> environment() throws IOException {
    Properties its = new Properties();
    try (var in =
        Files.newInputStream(
            ConfigFile.root().resolve("deploy/debian/files/etc/longshore/ops.env"))) {
      its.load(in);
    }
    return its.stringPropertyNames().stream()
        .collect(Collectors.toMap(name -> name, name -> its.getProperty(name).replace("\"", "")));
  }

  private static List<String> options() throws IOException {
    return List.of(
        Objects.requireNonNull(environment().get("LONGSHORE_JAVA_OPTS"), "options").split(" "));
  }

  private static RunningProgram page(Path folder, String kafka, int port, int health)
      throws IOException, InterruptedException {
    Path settings =
        Files.writeString(
            folder.resolve("ops.yaml"),
            """
            home: %s
            kafka:
              bootstrap-servers: ["%s"]
            ops:
              listen: 127.0.0.1:%d
            health:
              listen: 127.0.0.1:%d
            peers:
            %s\
            sites:
              url: https://127.0.0.1:1
              signing-key-file: '%s'
              groups:
            %s\
            """
                .formatted(
                    folder.resolve("home"),
                    kafka,
                    port,
                    health,
                    GeneratedImages.peers().indent(2),
                    folder.resolve("hub").resolve("signing.pem"),
                    groups().indent(4)));
    List<String> command = Jvm.command(options(), "dev.longshore.app.Main");
    command.addAll(List.of("service", "ops", "--config", settings.toString()));
    return new Program(
            "ops",
            Command.of(command)
                .with(Map.of("MALLOC_ARENA_MAX", environment().get("MALLOC_ARENA_MAX"))),
            folder.resolve("ops.log"),
            Ready.says("ops is ready"),
            START)
        .start();
  }

  /** The hub tells of all that was written, so that each report says that all was heard. */
  private static void awaitAll(BenchmarkReport report, Poller first, int images)
      throws IOException, InterruptedException, TimeoutException {
    long until = System.nanoTime() + PATIENCE.toNanos();
    while (first.persistently(Poller::snapshot, PATIENCE) < images) {
      if (System.nanoTime() > until) {
        throw new TimeoutException("the hub tells of fewer than %,d images".formatted(images));
      }
      report.progress("the hub still reads");
      TimeUnit.NANOSECONDS.sleep(BETWEEN.toNanos());
    }
  }

  private record Measurement(Bench bench, int images, PageReader reader, Reporters reporters) {
    /** So that the next start finds its store. */
    void readsAll(RunningProgram page) throws Exception {
      long until = System.nanoTime() + START.toNanos();
      while (reader.images() < images) {
        if (System.nanoTime() > until || !page.process().isAlive()) {
          throw new TimeoutException(
              "the page knows of %,d of %,d images".formatted(reader.images(), images));
        }
        TimeUnit.NANOSECONDS.sleep(BETWEEN.toNanos());
      }
    }

    void run(RunningProgram page) throws Exception {
      ProcessTree tree = new ProcessTree(page.process());
      BenchmarkReport report = bench.report();
      report.progress("nobody looks for " + REST + " ...");
      TimeUnit.NANOSECONDS.sleep(REST.toNanos());
      report.title(
          "ops: %,d images, %d sites that report once a minute; the page with %s; one run"
              .formatted(images, reporters.sites(), String.join(" ", options())));
      figures(tree, "while nobody looks");
      double before = tree.cpuSeconds();
      long start = System.nanoTime();
      PageReader.View view = reader.first();
      report.figure("first view since its start, s", (System.nanoTime() - start) / 1e9, FIRST);
      report.line(
          "  %-60s %d files, %,d bytes; %.2f s of CPU"
              .formatted("for that", view.files(), view.bytes(), tree.cpuSeconds() - before));
      reader.begin();
      figures(tree, "while one page is open");
      report.line("  %-60s %d".formatted("views that it asked for", reader.views()));
      reader.close();
      report.line(
          "  %-60s %.0f".formatted("peak resident memory, MB", tree.peakResidentBytes() / 1e6));
      report.line("  %-60s %d".formatted("reports that the hub took", reporters.taken()));
      report.line("  %-60s %d".formatted("reports that failed", reporters.failed()));
    }

    private void figures(ProcessTree tree, String when) throws Exception {
      bench.report().progress("measuring for %d min %s ...".formatted(bench.minutes(), when));
      double cpu = tree.cpuSeconds();
      double compiled = tree.compilerSeconds();
      long start = System.nanoTime();
      TimeUnit.MINUTES.sleep(bench.minutes());
      double seconds = (System.nanoTime() - start) / 1e9;
      bench.report().figure(when + ", % of a core", 100 * (tree.cpuSeconds() - cpu) / seconds, CPU);
      bench
          .report()
          .line(
              "  %-60s %.2f"
                  .formatted(
                      "of it the JIT compilers",
                      100 * (tree.compilerSeconds() - compiled) / seconds));
      bench.report().figure(when + ", resident memory, MB", tree.residentBytes() / 1e6, MEGABYTES);
    }
  }
}
