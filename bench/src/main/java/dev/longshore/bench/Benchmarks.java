package dev.longshore.bench;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import dev.longshore.app.settings.ConfigFile;
import dev.longshore.bench.convert.ConvertBenchmark;
import dev.longshore.bench.convert.ReadBenchmark;
import dev.longshore.bench.edge.EdgeBenchmark;
import dev.longshore.bench.edge.HubBenchmark;
import dev.longshore.bench.edge.OpsBenchmark;
import dev.longshore.bench.latency.BackfillBenchmark;
import dev.longshore.bench.latency.PushBurstBenchmark;
import dev.longshore.bench.latency.PushLatencyBenchmark;
import dev.longshore.bench.latency.StartBenchmark;
import dev.longshore.bench.measure.Machine;
import dev.longshore.bench.modes.LazyBenchmark;
import dev.longshore.bench.modes.ModesBenchmark;
import dev.longshore.bench.modes.NewBytesBenchmark;
import dev.longshore.bench.notify.NotificationsBenchmark;
import dev.longshore.bench.parts.Folders;
import dev.longshore.bench.scale.BigLayerBenchmark;
import dev.longshore.bench.scale.CatalogBenchmark;
import dev.longshore.bench.scale.CollectionBenchmark;
import dev.longshore.bench.scale.ConvertersBenchmark;
import dev.longshore.bench.scale.IdleBenchmark;
import dev.longshore.bench.scale.ManyFilesBenchmark;
import dev.longshore.bench.scale.MillionBenchmark;
import dev.longshore.bench.scale.RecordsBenchmark;
import dev.longshore.bench.scale.ReturnedPeerBenchmark;
import dev.longshore.bench.scale.ShareBenchmark;
import dev.longshore.bench.serve.ServeBenchmark;
import dev.longshore.bench.transfer.TransferBenchmark;
import dev.longshore.programs.Tools;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the benchmarks that the command line names, in the order of their importance. */
public final class Benchmarks {
  private static final int ERROR = 1;
  private static final int USAGE = 2;

  /** Its name goes on with the process and what is random. */
  private static final String FOLDER = "longshore-bench-";

  private static final String FOLDER_OF_PROCESS = "-";
  private static final int END_SECONDS = 10;
  private static final List<Benchmark> ALL =
      List.of(
          new ConvertBenchmark(),
          new ReadBenchmark(),
          new ServeBenchmark(),
          new PushLatencyBenchmark(),
          new PushBurstBenchmark(),
          new NotificationsBenchmark(),
          new BackfillBenchmark(),
          new StartBenchmark(),
          new BigLayerBenchmark(),
          new ManyFilesBenchmark(),
          new ShareBenchmark(),
          new ConvertersBenchmark(),
          new CatalogBenchmark(),
          new RecordsBenchmark(),
          new MillionBenchmark(),
          new IdleBenchmark(),
          new ReturnedPeerBenchmark(),
          new CollectionBenchmark(),
          new ModesBenchmark(),
          new LazyBenchmark(),
          new NewBytesBenchmark(),
          new TransferBenchmark(),
          new EdgeBenchmark(),
          new HubBenchmark(),
          new OpsBenchmark());

  private Benchmarks() {}

  /** Exit code 0 when everything could be measured, whether bars are met or not. */
  public static void main(String[] arguments) throws IOException {
    // The parts log their comings and goings; figures stand alone.
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.ERROR);
    System.exit(run(arguments, new BenchmarkReport(System.out, System.err)));
  }

  private static int run(String[] arguments, BenchmarkReport report) throws IOException {
    List<Chosen> chosen;
    Arguments asked;
    try {
      asked = Arguments.parse(arguments);
      chosen = chosen(asked.names());
    } catch (IllegalArgumentException e) {
      report.progress(String.valueOf(e.getMessage()));
      return USAGE;
    }
    removeLeftovers();
    Path folder =
        Files.createTempDirectory(FOLDER + ProcessHandle.current().pid() + FOLDER_OF_PROCESS);
    Ending ending = new Ending(Thread.currentThread());
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  ending.run();
                  endAndRemove(folder);
                }));
    try {
      return measure(chosen, asked, folder, ending, report);
    } finally {
      ending.over();
    }
  }

  private static int measure(
      List<Chosen> chosen, Arguments asked, Path folder, Ending ending, BenchmarkReport report)
      throws IOException {
    Bench bench =
        new Bench(
            folder,
            asked.pairs(),
            asked.layerGigabytes(),
            asked.images(),
            asked.minutes(),
            List.of(),
            new Tools(ConfigFile.root()),
            report);
    Machine.describe().forEach(report::line);
    int failed = 0;
    for (Chosen each : chosen) {
      if (ending.hasBegun()) {
        return ERROR;
      }
      failed += succeeds(each.benchmark(), bench.of(each.rows())) ? 0 : 1;
    }
    report.line("");
    report.line("load       " + Machine.load() + " at the end");
    return failed == 0 ? 0 : ERROR;
  }

  private static boolean succeeds(Benchmark benchmark, Bench bench) {
    try {
      benchmark.run(bench);
      return true;
    } catch (Exception e) { // Whatever one failed with: the others are still wanted.
      bench.report().progress(benchmark.name() + " could not be measured: " + e);
      if (e.getCause() != null) {
        bench.report().progress("  because of " + e.getCause());
      }
      return false;
    }
  }

  /**
   * One that runs.
   *
   * @param rows of it that were asked for; all if empty
   */
  record Chosen(Benchmark benchmark, List<String> rows) {}

  /** A name after that of a benchmark with a row of that name is that row. */
  static List<Chosen> chosen(List<String> names) {
    Map<String, Benchmark> known = new LinkedHashMap<>();
    ALL.forEach(benchmark -> known.put(benchmark.name(), benchmark));
    Map<String, List<String>> asked = new HashMap<>();
    List<String> rows = new ArrayList<>();
    List<String> ofLast = List.of();
    for (String name : names) {
      if (ofLast.contains(name)) {
        rows.add(name);
        continue;
      }
      Benchmark benchmark = known.get(name);
      if (benchmark == null) {
        throw new IllegalArgumentException(
            "%s: no such benchmark (expected: of %s)".formatted(name, known.keySet()));
      }
      rows = asked.computeIfAbsent(name, _ -> new ArrayList<>());
      ofLast = benchmark.rows();
    }
    return ALL.stream()
        .filter(benchmark -> names.isEmpty() || asked.containsKey(benchmark.name()))
        .map(one -> new Chosen(one, asked.getOrDefault(one.name(), List.of())))
        .toList();
  }

  /** What a benchmark left that was killed, and so could not clean up. */
  private static void removeLeftovers() throws IOException {
    Path parent = Path.of(System.getProperty("java.io.tmpdir"));
    Pattern known = Pattern.compile(FOLDER + "([0-9]+)" + FOLDER_OF_PROCESS + ".*");
    try (DirectoryStream<Path> all = Files.newDirectoryStream(parent, FOLDER + "*")) {
      for (Path each : all) {
        Matcher owner = known.matcher(each.getFileName().toString());
        if (owner.matches() && ProcessHandle.of(Long.parseLong(owner.group(1))).isEmpty()) {
          removeQuietly(each);
        }
      }
    }
  }

  /** Programs that run would write on: without this process they would be killed a moment later. */
  private static void endAndRemove(Path folder) {
    List<ProcessHandle> running = ProcessHandle.current().descendants().toList();
    running.forEach(ProcessHandle::destroyForcibly);
    try {
      CompletableFuture.allOf(
              running.stream().map(ProcessHandle::onExit).toArray(CompletableFuture<?>[]::new))
          .orTimeout(END_SECONDS, TimeUnit.SECONDS)
          .join();
    } catch (CompletionException _) {
      // Then the next benchmark removes it.
    }
    removeQuietly(folder);
  }

  private static void removeQuietly(Path folder) {
    try {
      Folders.remove(folder);
    } catch (IOException _) {
      // Parts that were just killed may still write; the system empties its temporary folder.
    }
  }
}
