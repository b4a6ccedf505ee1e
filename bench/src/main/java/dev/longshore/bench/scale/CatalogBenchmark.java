package dev.longshore.bench.scale;

import dev.longshore.app.parts.DevelopmentKafka;
import dev.longshore.bench.Bar;
import dev.longshore.bench.Bench;
import dev.longshore.bench.Benchmark;
import dev.longshore.bench.measure.Median;
import dev.longshore.bench.measure.ProcessTree;
import dev.longshore.bench.parts.FreshKubo;
import dev.longshore.bench.parts.Jvm;
import dev.longshore.bench.serve.RequestLoad;
import dev.longshore.programs.Command;
import dev.longshore.programs.FreePorts;
import dev.longshore.programs.Program;
import dev.longshore.programs.Ready;
import dev.longshore.programs.RunningProgram;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A resolver that knows a million images: how long it takes to learn them, and to find one. */
public final class CatalogBenchmark implements Benchmark {
  private static final int CONNECTIONS = 4;
  private static final int LOOK_UPS = 5_000;
  private static final double MIB = 1 << 20;
  private static final Duration REBUILD = Duration.ofMinutes(20);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(100);
  private static final int TIMEOUT_MILLIS = 30_000;
  private static final List<String> MEMORY = List.of("-Xmx512m", "-XX:MaxDirectMemorySize=128m");
  private static final Bar REBUILD_SECONDS = new Bar.AtMost(120);
  private static final Bar LOOK_UP_MILLIS = new Bar.AtMost(5);
  private static final Bar RESIDENT_MIB = new Bar.AtMost(768);

  @Override
  public String name() {
    return "catalog";
  }

  @Override
  public void run(Bench bench) throws Exception {
    Path folder = Files.createDirectories(bench.folder().resolve(name()));
    List<Integer> ports = FreePorts.find(5);
    DevelopmentKafka kafka =
        new DevelopmentKafka(
            ports.get(0), ports.get(1), folder.resolve("kafka"), System.err::println);
    kafka.start();
    try (FreshKubo kubo = FreshKubo.start(bench.tools(), folder.resolve("kubo"))) {
      bench
          .report()
          .progress("writing the states of %,d images to Kafka ...".formatted(bench.images()));
      new GeneratedImages(bench.images()).writeTo("127.0.0.1:" + ports.get(0));
      Path settings = folder.resolve("longshore.yaml");
      Files.writeString(settings, settings(folder, ports, kubo));
      measure(bench, folder, settings, URI.create("http://127.0.0.1:" + ports.get(2)));
    } finally {
      kafka.stop(Duration.ZERO);
    }
  }

  private static void measure(Bench bench, Path folder, Path settings, URI resolver)
      throws IOException, InterruptedException, TimeoutException {
    List<String> command = Jvm.command(MEMORY, "dev.longshore.app.Main");
    command.addAll(List.of("service", "resolver", "--config", settings.toString()));
    bench.report().progress("the resolver learns them ...");
    long start = System.nanoTime();
    Program program =
        new Program(
            "resolver",
            Command.of(command),
            folder.resolve("resolver.log"),
            Ready.says("resolver is ready"),
            REBUILD);
    try (RunningProgram running = program.start()) {
      awaitAll(resolver, bench.images());
      double rebuild = (System.nanoTime() - start) / 1e9;
      ProcessTree service = new ProcessTree(running.process());
      double rebuildCpu = service.cpuSeconds();
      RequestLoad load = new RequestLoad(service, CONNECTIONS, LOOK_UPS, "application/json");
      load.run(resolver, targets(1, bench.images()));
      RequestLoad.Outcome outcome = load.run(resolver, targets(2, bench.images()));
      bench
          .report()
          .title(
              "catalog: %,d images (tag, conversion, three copies, what it shows), resolver with %s; one run"
                  .formatted(bench.images(), String.join(" ", MEMORY)));
      bench
          .report()
          .figure("start with an empty store until all is known, s", rebuild, REBUILD_SECONDS);
      bench.report().line("  CPU seconds of it: %.0f".formatted(rebuildCpu));
      bench
          .report()
          .figure(
              "look-up over HTTP, p99 of %,d on %d connections, ms"
                  .formatted(outcome.seconds().size(), CONNECTIONS),
              1_000 * Median.quantile(outcome.seconds(), 0.99),
              LOOK_UP_MILLIS);
      bench.report().line("  look-ups a second: %.0f".formatted(outcome.rate()));
      bench
          .report()
          .figure("peak resident memory, MiB", service.peakResidentBytes() / MIB, RESIDENT_MIB);
    }
  }

  /** All is known when the catalog says that it was complete, and has the last image. */
  private static void awaitAll(URI resolver, int images)
      throws IOException, InterruptedException, TimeoutException {
    long end = System.nanoTime() + REBUILD.toNanos();
    while (!isComplete(resolver, images)) {
      if (System.nanoTime() > end) {
        throw new TimeoutException("the resolver does not know all images within " + REBUILD);
      }
      TimeUnit.NANOSECONDS.sleep(LOOK_AGAIN.toNanos());
    }
  }

  private static boolean isComplete(URI resolver, int images) throws IOException {
    HttpURLConnection call =
        (HttpURLConnection) resolver.resolve(target(images - 1)).toURL().openConnection();
    call.setConnectTimeout(TIMEOUT_MILLIS);
    call.setReadTimeout(TIMEOUT_MILLIS);
    try {
      return call.getResponseCode() == HttpURLConnection.HTTP_OK
          && new String(call.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
              .contains("\"completeAt\"");
    } finally {
      call.disconnect();
    }
  }

  private static List<String> targets(long seed, int images) {
    SplittableRandom random = new SplittableRandom(seed);
    List<String> targets = new ArrayList<>();
    for (int i = 0; i < CONNECTIONS * LOOK_UPS; i++) {
      targets.add(target(random.nextInt(images)));
    }
    return targets;
  }

  private static String target(int image) {
    return "/v1/resolve?ref=" + GeneratedImages.name(image).replace("/", "%2F").replace(":", "%3A");
  }

  private static String settings(Path folder, List<Integer> ports, FreshKubo kubo) {
    return """
    home: %s
    kafka:
      bootstrap-servers: ["127.0.0.1:%d"]
    resolver:
      listen: 127.0.0.1:%d
      grpc-listen: 127.0.0.1:%d
      default-registry: %s
      kubo:
        name: resolver
        rpc: %s
        gateway: %s
    health:
      listen: 127.0.0.1:%d
    """
        .formatted(
            folder.resolve("home"),
            ports.get(0),
            ports.get(2),
            ports.get(3),
            GeneratedImages.REGISTRY,
            kubo.settings().rpc(),
            kubo.settings().gateway(),
            ports.get(4));
  }
}
