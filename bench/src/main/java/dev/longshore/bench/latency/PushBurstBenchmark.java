package dev.longshore.bench.latency;

import dev.longshore.app.parts.Ports;
import dev.longshore.bench.Bar;
import dev.longshore.bench.Bench;
import dev.longshore.bench.Benchmark;
import dev.longshore.bench.BenchmarkReport;
import dev.longshore.bench.image.BigImage;
import dev.longshore.bench.image.LayerSpec;
import dev.longshore.bench.measure.Median;
import dev.longshore.bench.measure.Pairs;
import dev.longshore.bench.measure.Sample;
import dev.longshore.bench.measure.Stopwatch;
import dev.longshore.bench.parts.LongshoreUp;
import dev.longshore.oci.Descriptor;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;

/**
 * Many small pushes at once: from the moment that the registry has the last until all are on all
 * peers, against the bare imports and pins of the very same DAGs.
 */
public final class PushBurstBenchmark implements Benchmark {
  private static final int FEW = 200;
  private static final int MANY = 2_000;
  private static final String OF_FEW = "of-" + FEW;
  private static final String OF_MANY = "of-" + MANY;
  private static final int AT_ONCE = 24;
  private static final long LAYER_BYTES = 1024;
  private static final Bar BAR = new Bar.AtMost(1.5);

  /** More looks a second would be a part of what is measured. */
  private static final Duration LOOK_AGAIN = Duration.ofMillis(50);

  /** Longest wait for one image, for each {@link #FEW} of them. */
  private static final Duration COPIES = Duration.ofMinutes(3);

  @Override
  public String name() {
    return "push-burst";
  }

  @Override
  public List<String> rows() {
    return List.of(OF_FEW, OF_MANY);
  }

  @Override
  public void run(Bench bench) throws Exception {
    Path folder = bench.folder().resolve(name());
    try (LongshoreUp up = LongshoreUp.start(folder.resolve("ours"), List.of());
        LongshoreUp idle = LongshoreUp.start(folder.resolve("theirs"), List.of())) {
      Runs runs = new Runs(bench, folder, up, idle);
      if (bench.rows().isEmpty() || bench.rows().contains(OF_FEW)) {
        runs.measure(FEW, bench.pairs(), Bench.WARM_UPS);
      }
      if (bench.rows().isEmpty() || bench.rows().contains(OF_MANY)) {
        runs.measure(MANY, 1, 0);
      }
    }
  }

  /** Rounds of the same two sides, each of images of its own. */
  private static final class Runs {
    private final Bench bench;
    private final Path folder;
    private final LongshoreUp up;
    private final LongshoreUp idle;
    private final BareMirror bare;
    private int images;

    Runs(Bench bench, Path folder, LongshoreUp up, LongshoreUp idle) throws IOException {
      this.bench = bench;
      this.folder = folder;
      this.up = up;
      this.idle = idle;
      this.bare = new BareMirror(idle);
    }

    void measure(int count, int rounds, int warmUps) throws Exception {
      bench
          .report()
          .title(
              "push-burst: %d images of 1 KiB pushed %d at a time, until all are on %d peers"
                  .formatted(count, AT_ONCE, Ports.PEERS));
      List<Double> pushed = new ArrayList<>();
      List<Map<String, Double>> programs = new ArrayList<>();
      Round[] round = new Round[1];
      Pairs pairs =
          Pairs.measureInOrder(
              rounds,
              warmUps,
              () -> {
                round[0] = Round.prepare(folder.resolve("images-" + images), images, count);
                images += count;
                Map<String, Double> before = programs(up);
                Sample ours = round[0].mirror(up, pushed);
                Map<String, Double> taken = programs(up);
                taken.replaceAll((name, cpu) -> cpu - before.getOrDefault(name, 0.0));
                programs.add(taken);
                return ours;
              },
              () -> {
                List<BareMirror.Dag> dags = bare.fetch(up, round[0].dags);
                Stopwatch watch = Stopwatch.start(idle.processes());
                Parallel.run(AT_ONCE, dags.stream().map(bare::mirror).toList());
                return watch.sample(count * LAYER_BYTES);
              },
              bench.report()::progress);
      bench.report().ratio("time, by dag/import and pin/add", pairs.timeRatio(), BAR);
      side("longshore, from the registry's last image", pairs.ours(Sample::seconds), "s");
      side(
          "before it, since the first push",
          Median.of(pushed.subList(warmUps, pushed.size())),
          "s");
      side("bare import and pins", pairs.theirs(Sample::seconds), "s");
      side("processors for an image, registry and push in it", pairs.ours(millis(count)), "ms");
      for (String program : programs.getLast().keySet()) {
        List<Double> each =
            programs.subList(warmUps, programs.size()).stream()
                .map(taken -> taken.getOrDefault(program, 0.0) * 1000 / count)
                .toList();
        side("  of it " + program, Median.of(each), "ms");
      }
      side("processors for an image, bare", pairs.theirs(millis(count)), "ms");
    }

    /** With what the JVM's compilers take, which is in the JVM's own as well. */
    private static Map<String, Double> programs(LongshoreUp up) {
      Map<String, Double> programs = up.processes().cpuSecondsByProgram();
      programs.put("java's JIT compilers", up.processes().compilerSeconds());
      return programs;
    }

    private static ToDoubleFunction<Sample> millis(int count) {
      return sample -> sample.cpuSeconds() * 1000 / count;
    }

    private void side(String what, Median value, String unit) {
      bench
          .report()
          .line("  %-50s %s %s".formatted(what, BenchmarkReport.median("%.2f", value), unit));
    }
  }

  /** The images of one round. */
  private static final class Round {
    private final List<BigImage> images;
    private List<String> dags = List.of();

    private Round(List<BigImage> images) {
      this.images = images;
    }

    static Round prepare(Path folder, int first, int count) throws Exception {
      List<BigImage> images = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        images.add(
            BigImage.write(
                folder.resolve("image-" + i),
                List.of(
                    new LayerSpec(50_000L + first + i, LAYER_BYTES, LayerSpec.Texture.RANDOM))));
      }
      return new Round(images);
    }

    Sample mirror(LongshoreUp up, List<Double> pushed) throws Exception {
      Stopwatch watch = Stopwatch.start(up.processes());
      List<Callable<Descriptor>> pushes = new ArrayList<>();
      for (int i = 0; i < images.size(); i++) {
        BigImage image = images.get(i);
        String repository = "bench/burst-" + i % FEW;
        String tag = "v" + i / FEW;
        pushes.add(() -> up.push(image, up.name(repository), tag));
      }
      List<Descriptor> tops = Parallel.run(AT_ONCE, pushes);
      double toRegistry = watch.sample(1).seconds();
      pushed.add(toRegistry);
      Duration within = COPIES.multipliedBy(Math.ceilDiv(images.size(), FEW));
      List<String> found = new ArrayList<>();
      for (Descriptor top : tops) {
        found.add(up.awaitCopies(top.digest().toString(), LOOK_AGAIN, within).dag());
      }
      dags = found;
      Sample whole = watch.sample(images.size() * LAYER_BYTES);
      return new Sample(whole.seconds() - toRegistry, whole.cpuSeconds(), whole.bytes());
    }
  }
}
