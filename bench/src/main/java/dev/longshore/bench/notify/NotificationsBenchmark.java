package dev.longshore.bench.notify;

import dev.longshore.app.parts.DevelopmentKafka;
import dev.longshore.bench.Bar;
import dev.longshore.bench.Bench;
import dev.longshore.bench.Benchmark;
import dev.longshore.bench.measure.Median;
import dev.longshore.bench.measure.ProcessTree;
import dev.longshore.bench.parts.Jvm;
import dev.longshore.events.Topic;
import dev.longshore.programs.Command;
import dev.longshore.programs.FreePorts;
import dev.longshore.programs.Program;
import dev.longshore.programs.Ready;
import dev.longshore.programs.RunningProgram;
import dev.longshore.runtime.kafka.topics.TopicAdmin;
import dev.longshore.runtime.kafka.topics.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/**
 * Notifications of a registry that one watcher takes into Kafka. Their rule has no mode, so that
 * nothing but taking them is measured: the watcher's step reads each hint and asks no registry.
 */
public final class NotificationsBenchmark implements Benchmark {
  private static final double PER_SECOND = 5_000;
  private static final int SECONDS = 20;

  /** Until both JVMs have compiled what they need: a watcher runs for weeks. */
  private static final int WARM_UP = 300_000;

  /** The senders' virtual threads run on these. */
  private static final String SENDERS = "ForkJoinPool-1";

  private static final int CONNECTIONS = 64;
  private static final int REPOSITORIES = 1_000;
  private static final String TOKEN = "a-token-of-the-benchmark";
  private static final String PREFIX = "longshore.";
  private static final double MIB = 1 << 20;
  private static final double MILLIS = 1_000;
  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static final List<String> MEMORY =
      List.of("-Xms256m", "-Xmx256m", "-XX:+AlwaysPreTouch", "-XX:MaxDirectMemorySize=64m");
  private static final Bar RATE = new Bar.AtLeast(PER_SECOND * 0.99);
  private static final Bar P99_MILLIS = new Bar.AtMost(200);
  private static final Bar GROWTH_MIB = new Bar.AtMost(32);

  @Override
  public String name() {
    return "notifications";
  }

  @Override
  public void run(Bench bench) throws Exception {
    Path folder = Files.createDirectories(bench.folder().resolve(name()));
    List<Integer> ports = FreePorts.find(5);
    DevelopmentKafka kafka =
        new DevelopmentKafka(
            ports.get(0), ports.get(1), folder.resolve("kafka"), System.err::println);
    kafka.start();
    Map<String, Object> connection = Map.of("bootstrap.servers", "127.0.0.1:" + ports.get(0));
    try (Admin admin = Admin.create(connection)) {
      new TopicAdmin(admin, Topics.specs(PREFIX, (short) 1), LIMIT).createMissing();
      Files.writeString(folder.resolve("token"), TOKEN);
      Path settings = Files.writeString(folder.resolve("longshore.yaml"), settings(folder, ports));
      List<String> command = Jvm.command(MEMORY, "dev.longshore.app.Main");
      command.addAll(List.of("service", "watcher", "--config", settings.toString()));
      Program program =
          new Program(
              "watcher",
              Command.of(command),
              folder.resolve("watcher.log"),
              Ready.says("watcher is ready"),
              LIMIT);
      try (RunningProgram running = program.start()) {
        measure(bench, admin, ports.get(2), new ProcessTree(running.process()));
      }
    } finally {
      kafka.stop(Duration.ZERO);
    }
  }

  private static void measure(Bench bench, Admin admin, int port, ProcessTree watcher)
      throws IOException, InterruptedException, ExecutionException {
    bench.report().progress("%,d notifications do not count ...".formatted(WARM_UP));
    PacedLoad.Outcome fastest = load(port, 0).run(0, WARM_UP);
    double before = watcher.peakResidentBytes() / MIB;
    long stored = hints(admin);
    int count = (int) (PER_SECOND * SECONDS);
    bench.report().progress("%,d at %,.0f a second ...".formatted(count, PER_SECOND));
    Cpu ofWatcher = Cpu.of(watcher);
    Cpu ofAll = Cpu.of(ProcessTree.own());
    PacedLoad.Outcome outcome = load(port, PER_SECOND).run(WARM_UP, count);
    Cpu its = Cpu.of(watcher).minus(ofWatcher);
    Cpu all = Cpu.of(ProcessTree.own()).minus(ofAll);
    double after = watcher.peakResidentBytes() / MIB;
    long more = hints(admin) - stored;
    if (more < outcome.each().size()) {
      throw new IOException(
          "%d notifications were accepted, and %d are in Kafka"
              .formatted(outcome.each().size(), more));
    }
    bench
        .report()
        .title(
            "notifications: %,d in %d s on %d connections, acks=all, watcher with %s; one run"
                .formatted(count, SECONDS, CONNECTIONS, String.join(" ", MEMORY)));
    figure(bench, "accepted a second, of %,.0f sent".formatted(PER_SECOND), outcome.rate(), RATE);
    figure(
        bench,
        "time from when it was due to its 202, p99, ms",
        1_000 * Median.quantile(outcome.each(), 0.99),
        P99_MILLIS);
    bench
        .report()
        .line("  median, ms: %.1f".formatted(1_000 * Median.quantile(outcome.each(), 0.5)));
    bench
        .report()
        .line("  refused: %d; accepted and in Kafka: %d".formatted(outcome.refused(), more));
    figure(bench, "growth of the peak resident memory, MiB", after - before, GROWTH_MIB);
    bench.report().line("  peak resident memory, MiB: %.0f".formatted(after));
    bench
        .report()
        .line(
            "  CPU ms for each: watcher %.3f (%.3f of it the JIT compiler), Kafka %.3f (%.3f), senders %.3f"
                .formatted(
                    its.whole / count * MILLIS,
                    its.compilers / count * MILLIS,
                    (all.whole - its.whole - all.senders) / count * MILLIS,
                    all.compilers / count * MILLIS,
                    all.senders / count * MILLIS));
    bench
        .report()
        .line(
            "  as fast as it goes, the first %,d: %.0f a second"
                .formatted(WARM_UP, fastest.rate()));
  }

  /**
   * Seconds of a process and what it started.
   *
   * @param compilers of them, those of its own JIT compiler
   * @param senders those of the threads that send, if it has them
   */
  private record Cpu(double whole, double compilers, double senders) {
    static Cpu of(ProcessTree process) {
      return new Cpu(
          process.cpuSeconds(), process.compilerSeconds(), process.threadSeconds(SENDERS));
    }

    Cpu minus(Cpu before) {
      return new Cpu(whole - before.whole, compilers - before.compilers, senders - before.senders);
    }
  }

  private static PacedLoad load(int port, double perSecond) {
    return new PacedLoad(port, TOKEN, CONNECTIONS, REPOSITORIES, perSecond);
  }

  private static void figure(Bench bench, String what, double value, Bar bar) {
    bench
        .report()
        .line(
            "  %-56s %.1f, bar %s: %s"
                .formatted(what, value, bar, bar.metBy(value) ? "met" : "MISSED"));
  }

  private static long hints(Admin admin) throws InterruptedException, ExecutionException {
    String topic = Topic.HINTS.name(PREFIX);
    return admin
        .listOffsets(
            IntStream.range(0, Topic.PARTITIONS)
                .boxed()
                .collect(
                    Collectors.toMap(
                        number -> new TopicPartition(topic, number), _ -> OffsetSpec.latest())))
        .all()
        .get()
        .values()
        .stream()
        .mapToLong(end -> end.offset())
        .sum();
  }

  private static String settings(Path folder, List<Integer> ports) {
    return """
    home: %s
    kafka:
      bootstrap-servers: ["127.0.0.1:%d"]
    registries:
      - name: dev
        host: localhost:%d
        plain-http: true
    rules:
      - {match: "localhost:%d/**", modes: []}
    watcher:
      webhooks:
        listen: 127.0.0.1:%d
        credentials: {token-file: %s}
    health:
      listen: 127.0.0.1:%d
    """
        .formatted(
            folder.resolve("home"),
            ports.get(0),
            ports.get(4),
            ports.get(4),
            ports.get(2),
            folder.resolve("token"),
            ports.get(3));
  }
}
