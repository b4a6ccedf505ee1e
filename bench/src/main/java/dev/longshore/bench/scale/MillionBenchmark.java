package dev.longshore.bench.scale;

import dev.longshore.app.parts.DevelopmentKafka;
import dev.longshore.bench.Bar;
import dev.longshore.bench.Bench;
import dev.longshore.bench.Benchmark;
import dev.longshore.bench.BenchmarkReport;
import dev.longshore.bench.measure.ProcessTree;
import dev.longshore.bench.parts.Jvm;
import dev.longshore.bench.parts.Shell;
import dev.longshore.programs.Command;
import dev.longshore.programs.FreePorts;
import dev.longshore.programs.Program;
import dev.longshore.programs.Ready;
import dev.longshore.programs.RunningProgram;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A pinner that keeps a million images, three copies each on peers in memory: how long it takes to
 * start, to compare all pins with its records, and to plan for a peer that joins.
 */
public final class MillionBenchmark implements Benchmark {
  private static final int PEERS = 3;
  private static final int INVENTORIES = 3;
  private static final double MIB = 1 << 20;
  private static final Duration LIMIT = Duration.ofMinutes(30);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(100);
  private static final Duration STOP = Duration.ofSeconds(30);
  private static final int TIMEOUT_MILLIS = 30_000;
  private static final List<String> MEMORY = List.of("-Xmx512m", "-XX:MaxDirectMemorySize=128m");

  /** As the launcher starts a short command. */
  private static final List<String> SHORT = List.of("-Xmx128m", "-XX:TieredStopAtLevel=1");

  private static final Bar FROM_NOTHING = new Bar.AtMost(240);
  private static final Bar WARM = new Bar.AtMost(10);
  private static final Bar PLAN = new Bar.AtMost(10);
  private static final Bar INVENTORY = new Bar.AtMost(60);

  @Override
  public String name() {
    return "million";
  }

  @Override
  public void run(Bench bench) throws Exception {
    Path folder = Files.createDirectories(bench.folder().resolve(name()));
    List<Integer> ports = FreePorts.find(5);
    String kafkaAddress = "127.0.0.1:" + ports.get(0);
    DevelopmentKafka kafka =
        new DevelopmentKafka(
            ports.get(0), ports.get(1), folder.resolve("kafka"), System.err::println);
    kafka.start();
    try (TwinPeers peers = TwinPeers.start(PEERS + 1, bench.images(), false)) {
      bench
          .report()
          .progress("writing the states of %,d images to Kafka ...".formatted(bench.images()));
      new GeneratedImages(bench.images()).writeTo(kafkaAddress);
      Path settings = folder.resolve("longshore.yaml");
      String common =
          """
          home: %s
          kafka:
            bootstrap-servers: ["%s"]
          pinner:
            listen: 127.0.0.1:%d
            grpc-listen: 127.0.0.1:%d
            scrub-rate: 0
          health:
            listen: 127.0.0.1:%d
          """
              .formatted(
                  folder.resolve("home"), kafkaAddress, ports.get(2), ports.get(3), ports.get(4));
      Files.writeString(settings, common + peers.settings("site-1", "site-2", "site-3"));
      // Of the copies of each image two are in one zone, until the peer joins.
      Path joined = folder.resolve("joined.yaml");
      Files.writeString(joined, common + peers.settings("site-1", "site-1", "site-2", "site-3"));
      bench
          .report()
          .title(
              "million: %,d images, three copies each, pinner with %s"
                  .formatted(bench.images(), String.join(" ", MEMORY)));
      URI health = URI.create("http://127.0.0.1:" + ports.get(4));
      start(bench, folder, settings, health, "from nothing", FROM_NOTHING);
      start(bench, folder, settings, health, "with its store", WARM);
      inventories(bench.report(), folder, settings);
      plan(bench.report(), joined, "by a command that has read nothing yet", null);
      plan(bench.report(), joined, "by one that has", PLAN);
    } finally {
      kafka.stop(Duration.ZERO);
    }
  }

  /** From the process's start until it is ready and has read all that Kafka holds. */
  private static void start(
      Bench bench, Path folder, Path settings, URI health, String how, Bar bar)
      throws IOException, InterruptedException, TimeoutException {
    bench.report().progress("a pinner starts " + how + " ...");
    List<String> command = Jvm.command(MEMORY, "dev.longshore.app.Main");
    command.addAll(List.of("service", "pinner", "--config", settings.toString()));
    long begun = System.nanoTime();
    Program program =
        new Program(
            "pinner",
            Command.of(command),
            folder.resolve("pinner.log"),
            Ready.says("pinner is ready"),
            LIMIT);
    try (RunningProgram running = program.start()) {
      awaitAll(health, bench.images());
      double seconds = (System.nanoTime() - begun) / 1e9;
      ProcessTree service = new ProcessTree(running.process());
      bench.report().figure("start " + how + " until all is known, s", seconds, bar);
      bench.report().line("  %-60s %.0f".formatted("CPU seconds of it", service.cpuSeconds()));
      // What it looks at again at a start goes on beside its work.
      double cpu = settle(service);
      bench.report().line("  %-60s %.0f".formatted("CPU seconds until it is at rest", cpu));
      bench
          .report()
          .line(
              "  %-60s %.0f"
                  .formatted("peak resident memory, MiB", service.peakResidentBytes() / MIB));
      running.stop(STOP);
    }
  }

  /** Returns what it took until half a minute passed with next to nothing to do. */
  private static double settle(ProcessTree service) throws InterruptedException {
    long end = System.nanoTime() + LIMIT.toNanos();
    double before = service.cpuSeconds();
    while (true) {
      TimeUnit.SECONDS.sleep(30);
      double now = service.cpuSeconds();
      if (now - before < 0.9 || System.nanoTime() > end) {
        return before;
      }
      before = now;
    }
  }

  /** Its questions are answered once the catalog is as Kafka is. */
  private static void awaitAll(URI health, int images)
      throws IOException, InterruptedException, TimeoutException {
    URI question =
        health.resolve(
            "/v1/query/resolve?image="
                + URLEncoder.encode(GeneratedImages.name(images - 1), StandardCharsets.UTF_8));
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!answers(question)) {
      if (System.nanoTime() > end) {
        throw new TimeoutException("the pinner does not know all images within " + LIMIT);
      }
      TimeUnit.NANOSECONDS.sleep(LOOK_AGAIN.toNanos());
    }
  }

  private static boolean answers(URI question) throws IOException {
    HttpURLConnection call = (HttpURLConnection) question.toURL().openConnection();
    call.setConnectTimeout(TIMEOUT_MILLIS);
    call.setReadTimeout(TIMEOUT_MILLIS);
    try {
      return call.getResponseCode() == HttpURLConnection.HTTP_OK;
    } catch (SocketTimeoutException late) {
      return false; // it answers once it knows all
    } finally {
      call.disconnect();
    }
  }

  private static void inventories(BenchmarkReport report, Path folder, Path settings)
      throws IOException, InterruptedException {
    report.progress("taking inventories ...");
    List<String> command = Jvm.command(MEMORY, InventoryMain.class.getName());
    command.add(settings.toString());
    command.add(folder.resolve("home/stores/pinner/catalog.db").toString());
    command.add(Integer.toString(INVENTORIES));
    for (String line : Shell.run(command, Map.of()).lines().toList()) {
      String[] fields = line.split(" ", -1);
      report.figure(
          "inventory of %d such peers, s".formatted(PEERS),
          Double.parseDouble(fields[0]),
          INVENTORY);
      report.line(
          "  %-60s %s; %s images asked for; %.0f MiB"
              .formatted(
                  "CPU seconds of it; peak resident memory so far",
                  fields[1],
                  fields[2],
                  Long.parseLong(fields[3]) / MIB));
    }
  }

  private static void plan(BenchmarkReport report, Path settings, String how, @Nullable Bar bar)
      throws IOException, InterruptedException {
    report.progress("planning " + how + " ...");
    List<String> command = new ArrayList<>(Jvm.command(SHORT, "dev.longshore.app.Main"));
    command.addAll(List.of("plan", "moves", "--config", settings.toString()));
    String said =
        Shell.script(
            "TIMEFORMAT='%3R %3U %3S'; { time $COMMAND >\"$OUT\"; } 2>&1; tail -n 2 \"$OUT\"",
            Map.of(
                "COMMAND",
                String.join(" ", command),
                "OUT",
                settings.resolveSibling("plan.out").toString(),
                "LC_ALL",
                "C"));
    List<String> lines = said.lines().toList();
    String[] seconds = lines.getFirst().split(" ", -1);
    String what = "plan moves for a peer that joins, " + how + ", s";
    double wall = Double.parseDouble(seconds[0]);
    if (bar == null) {
      report.line("  %-60s %.1f".formatted(what, wall));
    } else {
      report.figure(what, wall, bar);
    }
    report.line(
        "  %-60s %.1f: %s"
            .formatted(
                "CPU seconds of it",
                Double.parseDouble(seconds[1]) + Double.parseDouble(seconds[2]),
                String.join("; ", lines.subList(1, lines.size()))));
  }
}
