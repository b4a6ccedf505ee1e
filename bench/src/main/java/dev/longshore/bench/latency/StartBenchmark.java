package dev.longshore.bench.latency;

import dev.longshore.app.ConfigFile;
import dev.longshore.bench.Bar;
import dev.longshore.bench.Bench;
import dev.longshore.bench.Benchmark;
import dev.longshore.bench.Report;
import dev.longshore.bench.measure.Median;
import dev.longshore.bench.parts.Shell;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** From the call of a command that only prints until it has ended, launcher and JVM in it. */
public final class StartBenchmark implements Benchmark {
  private static final Bar BAR = new Bar.AtMost(0.3);

  @Override
  public String name() {
    return "start";
  }

  @Override
  public void run(Bench bench) throws IOException, InterruptedException {
    bench.report().title("start: %d calls of a command that only prints".formatted(bench.pairs()));
    List<Double> wall = new ArrayList<>();
    List<Double> cpu = new ArrayList<>();
    // The first call after a build writes the archive of classes.
    for (int i = -Bench.WARM_UPS; i < bench.pairs(); i++) {
      String[] seconds = call("--help").split(" ", -1);
      if (i >= 0) {
        wall.add(Double.parseDouble(seconds[0]));
        cpu.add(Double.parseDouble(seconds[1]) + Double.parseDouble(seconds[2]));
      }
    }
    Median median = Median.of(wall);
    bench
        .report()
        .line(
            "  %-44s %s s, %.2f s of CPU, bar %s: %s"
                .formatted(
                    "./longshore --help",
                    Report.median("%.3f", median),
                    Median.of(cpu).value(),
                    BAR,
                    BAR.metBy(median.value()) ? "met" : "MISSED"));
  }

  /** Seconds that passed, and those of CPU for the program and for the system. */
  private static String call(String argument) throws IOException, InterruptedException {
    return Shell.script(
        "TIMEFORMAT='%3R %3U %3S'; { time \"$LAUNCHER\" \"$ARGUMENT\" >/dev/null; } 2>&1",
        Map.of(
            "LAUNCHER",
            ConfigFile.root().resolve("longshore").toString(),
            "ARGUMENT",
            argument,
            "LC_ALL",
            "C"));
  }
}
