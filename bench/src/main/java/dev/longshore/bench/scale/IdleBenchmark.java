package dev.longshore.bench.scale;

import dev.longshore.app.parts.DevelopmentKafka;
import dev.longshore.bench.Bar;
import dev.longshore.bench.Bench;
import dev.longshore.bench.Benchmark;
import dev.longshore.bench.measure.ProcessTree;
import dev.longshore.bench.parts.Jvm;
import dev.longshore.programs.Command;
import dev.longshore.programs.FreePorts;
import dev.longshore.programs.Program;
import dev.longshore.programs.Ready;
import dev.longshore.programs.RunningProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The four services, each in a process of its own, with 100,000 images on peers in memory, and
 * nothing to do: what they take of a core. No registry is polled.
 */
public final class IdleBenchmark implements Benchmark {
  private static final int MOST_IMAGES = 100_000;
  private static final int PEERS = 3;
  private static final Duration START = Duration.ofMinutes(10);

  /** Longer than the interval of any round that comes often. */
  private static final Duration WINDOW = Duration.ofMinutes(3);

  private static final Duration REST = Duration.ofSeconds(30);
  private static final Duration SETTLED = Duration.ofMinutes(20);
  private static final List<String> MEMORY = List.of("-Xmx256m", "-XX:MaxDirectMemorySize=128m");
  private static final List<String> SERVICES =
      List.of("watcher", "converter", "pinner", "resolver");
  private static final Bar PERCENT = new Bar.AtMost(2);

  @Override
  public String name() {
    return "idle";
  }

  @Override
  public void run(Bench bench) throws Exception {
    int images = Math.min(MOST_IMAGES, bench.images());
    Path folder = Files.createDirectories(bench.folder().resolve(name()));
    List<Integer> ports = FreePorts.find(12);
    String kafkaAddress = "127.0.0.1:" + ports.get(0);
    DevelopmentKafka kafka =
        new DevelopmentKafka(
            ports.get(0), ports.get(1), folder.resolve("kafka"), System.err::println);
    kafka.start();
    Files.writeString(folder.resolve("token"), "a-token-of-the-benchmark-alone");
    Map<String, RunningProgram> running = new LinkedHashMap<>();
    try (TwinPeers peers = TwinPeers.start(PEERS + 1, images, true)) {
      bench.report().progress("writing the states of %,d images to Kafka ...".formatted(images));
      new GeneratedImages(images).writeTo(kafkaAddress);
      for (int i = 0; i < SERVICES.size(); i++) {
        String service = SERVICES.get(i);
        Path settings = folder.resolve(service + ".yaml");
        Files.writeString(settings, settings(folder, kafkaAddress, ports, ports.get(2 + i), peers));
        running.put(service, start(folder, service, settings));
      }
      measure(bench, images, running, peers);
    } finally {
      running.values().forEach(RunningProgram::close);
      kafka.stop(Duration.ZERO);
    }
  }

  private static void measure(
      Bench bench, int images, Map<String, RunningProgram> running, TwinPeers peers)
      throws InterruptedException {
    bench.report().progress("waiting until they are at rest ...");
    boolean rests = settle(running, peers);
    String before = peers.calls();
    Map<String, Double> began = cpu(running);
    double compiledBefore = compilers(running);
    long start = System.nanoTime();
    bench.report().progress("measuring for " + WINDOW + " ...");
    TimeUnit.SECONDS.sleep(WINDOW.toSeconds());
    Map<String, Double> ended = cpu(running);
    double compiled = compilers(running) - compiledBefore;
    double seconds = (System.nanoTime() - start) / 1e9;
    bench
        .report()
        .title(
            "idle: %,d images, three copies each; the services, each with %s, for %.0f s"
                .formatted(images, String.join(" ", MEMORY), seconds));
    if (!rests) {
      bench.report().line("  they were not at rest within " + SETTLED);
    }
    double sum = 0;
    for (String service : SERVICES) {
      double its =
          100 * (ended.getOrDefault(service, 0.0) - began.getOrDefault(service, 0.0)) / seconds;
      bench.report().line("  %-60s %.2f".formatted(service + ", % of a core", its));
      sum += its;
    }
    bench.report().figure("all of them, % of a core", sum, PERCENT);
    bench.report().line("  of it the JIT compilers: %.2f".formatted(100 * compiled / seconds));
    bench.report().line("  calls to the peers before: " + before);
    bench.report().line("  and after:                 " + peers.calls());
  }

  /** Whether the first round of scrubbing is over, and what a start looks at once. */
  private static boolean settle(Map<String, RunningProgram> running, TwinPeers peers)
      throws InterruptedException {
    long end = System.nanoTime() + SETTLED.toNanos();
    long blocks = -1;
    double before = 0;
    while (System.nanoTime() < end) {
      long read = peers.calls("block/get");
      double now = cpu(running).values().stream().mapToDouble(Double::doubleValue).sum();
      if (read == blocks && now - before < 0.1 * REST.toSeconds()) {
        return true;
      }
      blocks = read;
      before = now;
      TimeUnit.SECONDS.sleep(REST.toSeconds());
    }
    return false;
  }

  private static Map<String, Double> cpu(Map<String, RunningProgram> running) {
    Map<String, Double> cpu = new LinkedHashMap<>();
    running.forEach(
        (service, program) -> cpu.put(service, new ProcessTree(program.process()).cpuSeconds()));
    return cpu;
  }

  private static double compilers(Map<String, RunningProgram> running) {
    return running.values().stream()
        .mapToDouble(program -> new ProcessTree(program.process()).compilerSeconds())
        .sum();
  }

  private static RunningProgram start(Path folder, String service, Path settings)
      throws IOException, InterruptedException {
    List<String> command = Jvm.command(MEMORY, "dev.longshore.app.Main");
    command.addAll(List.of("service", service, "--config", settings.toString()));
    return new Program(
            service,
            Command.of(command),
            folder.resolve(service + ".log"),
            Ready.says(service + " is ready"),
            START)
        .start();
  }

  private static String settings(
      Path folder, String kafka, List<Integer> ports, int health, TwinPeers peers) {
    return """
    home: %s
    kafka:
      bootstrap-servers: ["%s"]
    watcher:
      webhooks: {listen: 127.0.0.1:%d, credentials: {token-file: %s}}
    pinner:
      listen: 127.0.0.1:%d
      grpc-listen: 127.0.0.1:%d
    resolver:
      listen: 127.0.0.1:%d
      grpc-listen: 127.0.0.1:%d
      default-registry: %s
      kubo: {name: resolver, rpc: '%s', gateway: '%s'}
    health:
      listen: 127.0.0.1:%d
    """
            .formatted(
                folder.resolve("home"),
                kafka,
                ports.get(6),
                folder.resolve("token"),
                ports.get(7),
                ports.get(8),
                ports.get(9),
                ports.get(10),
                GeneratedImages.REGISTRY,
                peers.rpc(PEERS + 1),
                peers.rpc(PEERS + 1),
                health)
        + peers.settings("site-1", "site-2", "site-3");
  }
}
