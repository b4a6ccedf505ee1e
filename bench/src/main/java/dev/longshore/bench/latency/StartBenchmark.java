package dev.longshore.bench.latency;

import dev.longshore.app.settings.ConfigFile;
import dev.longshore.bench.Bar;
import dev.longshore.bench.Bench;
import dev.longshore.bench.Benchmark;
import dev.longshore.bench.BenchmarkReport;
import dev.longshore.bench.image.BigImage;
import dev.longshore.bench.image.LayerSpec;
import dev.longshore.bench.measure.Median;
import dev.longshore.bench.parts.LongshoreUp;
import dev.longshore.bench.parts.Shell;
import dev.longshore.model.RepositoryName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * From the call of a short command until it has ended, launcher and JVM in it: one that only
 * prints, and those that ask a development run.
 */
public final class StartBenchmark implements Benchmark {
  private static final Bar PRINTS = new Bar.AtMost(0.3);
  private static final Bar ASKS = new Bar.AtMost(0.5);
  private static final Bar ASKS_ALL = new Bar.AtMost(0.7);
  private static final String LAUNCHER = ConfigFile.root().resolve("longshore").toString();

  @Override
  public String name() {
    return "start";
  }

  @Override
  public void run(Bench bench) throws Exception {
    bench.report().title("start: %d calls of each short command".formatted(bench.pairs()));
    Path folder = bench.folder().resolve(name());
    Path home = folder.resolve("home");
    measure(bench, home, "--help", PRINTS);
    try (LongshoreUp up = LongshoreUp.start(home, List.of())) {
      RepositoryName name = up.name("bench/small");
      LayerSpec layer = new LayerSpec(1, 1_000, LayerSpec.Texture.RANDOM);
      BigImage image = BigImage.write(folder.resolve("image"), List.of(layer));
      up.awaitCopies(up.push(image, name, "v1").digest().toString());
      measure(bench, home, "resolve " + name + ":v1", ASKS);
      measure(bench, home, "why " + name + ":v1", ASKS);
      measure(bench, home, "status", ASKS_ALL);
      // As it is without a service.
      measure(bench, home, "resolve " + name + ":v1 --set health.listen=127.0.0.1:1", null);
    }
  }

  private static void measure(Bench bench, Path home, String command, @Nullable Bar bar)
      throws IOException, InterruptedException {
    List<Double> wall = new ArrayList<>();
    List<Double> cpu = new ArrayList<>();
    // The first call after a build writes the archive of classes.
    for (int i = -Bench.WARM_UPS; i < bench.pairs(); i++) {
      String[] seconds = call(home, command).split(" ", -1);
      if (i >= 0) {
        wall.add(Double.parseDouble(seconds[0]));
        cpu.add(Double.parseDouble(seconds[1]) + Double.parseDouble(seconds[2]));
      }
    }
    Median median = Median.of(wall);
    bench
        .report()
        .line(
            "  %-44s %s s, %.2f s of CPU%s"
                .formatted(
                    "./longshore " + command.replaceFirst(" localhost\\S*", " NAME"),
                    BenchmarkReport.median("%.3f", median),
                    Median.of(cpu).value(),
                    bar == null
                        ? ""
                        : ", bar %s: %s"
                            .formatted(bar, bar.metBy(median.value()) ? "met" : "MISSED")));
  }

  /** Seconds that passed, and those of CPU for the program and for the system. */
  private static String call(Path home, String command) throws IOException, InterruptedException {
    return Shell.script(
        "TIMEFORMAT='%3R %3U %3S'; { time \"$LAUNCHER\" $COMMAND >/dev/null; } 2>&1",
        Map.of(
            "LAUNCHER",
            LAUNCHER,
            "COMMAND",
            command,
            "LONGSHORE_HOME",
            home.toString(),
            "LC_ALL",
            "C"));
  }
}
