package dev.longshore.bench;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import dev.longshore.app.settings.ConfigFile;
import dev.longshore.bench.convert.ConvertBenchmark;
import dev.longshore.bench.convert.ReadBenchmark;
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
import dev.longshore.bench.scale.ReturnedPeerBenchmark;
import dev.longshore.bench.scale.ShareBenchmark;
import dev.longshore.bench.serve.ServeBenchmark;
import dev.longshore.bench.transfer.TransferBenchmark;
import dev.longshore.programs.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the benchmarks that the command line names, in the order of their importance. */
public final class Main {
  private static final int ERROR = 1;
  private static final int USAGE = 2;
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
          new MillionBenchmark(),
          new IdleBenchmark(),
          new ReturnedPeerBenchmark(),
          new CollectionBenchmark(),
          new ModesBenchmark(),
          new LazyBenchmark(),
          new NewBytesBenchmark(),
          new TransferBenchmark());

  private Main() {}

  /** Exit code 0 when everything could be measured, whether bars are met or not. */
  public static void main(String[] arguments) throws IOException {
    // The parts log their comings and goings; figures stand alone.
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.ERROR);
    System.exit(run(arguments, new Report(System.out, System.err)));
  }

  private static int run(String[] arguments, Report report) throws IOException {
    List<Benchmark> chosen;
    Arguments asked;
    try {
      asked = Arguments.parse(arguments);
      chosen = chosen(asked.names());
    } catch (IllegalArgumentException e) {
      report.progress(String.valueOf(e.getMessage()));
      return USAGE;
    }
    Path folder = Files.createTempDirectory("longshore-bench");
    Runtime.getRuntime().addShutdownHook(new Thread(() -> removeQuietly(folder)));
    Bench bench =
        new Bench(
            folder,
            asked.pairs(),
            asked.layerGigabytes(),
            asked.images(),
            new Tools(ConfigFile.root()),
            report);
    Machine.describe().forEach(report::line);
    int failed = 0;
    for (Benchmark benchmark : chosen) {
      failed += succeeds(benchmark, bench) ? 0 : 1;
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

  private static List<Benchmark> chosen(List<String> names) {
    List<String> known = ALL.stream().map(Benchmark::name).toList();
    for (String name : names) {
      if (!known.contains(name)) {
        throw new IllegalArgumentException(
            "%s: no such benchmark (expected: of %s)".formatted(name, known));
      }
    }
    return ALL.stream().filter(b -> names.isEmpty() || names.contains(b.name())).toList();
  }

  private static void removeQuietly(Path folder) {
    try {
      Folders.remove(folder);
    } catch (IOException _) {
      // Parts that were just killed may still write; the system empties its temporary folder.
    }
  }
}
