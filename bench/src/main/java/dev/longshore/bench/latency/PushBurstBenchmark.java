package dev.longshore.bench.latency;

import dev.longshore.app.parts.Ports;
import dev.longshore.bench.Bar;
import dev.longshore.bench.Bench;
import dev.longshore.bench.Benchmark;
import dev.longshore.bench.Report;
import dev.longshore.bench.image.BigImage;
import dev.longshore.bench.image.LayerSpec;
import dev.longshore.bench.measure.Median;
import dev.longshore.bench.measure.Pairs;
import dev.longshore.bench.measure.Sample;
import dev.longshore.bench.measure.Stopwatch;
import dev.longshore.bench.parts.LongshoreUp;
import dev.longshore.oci.Descriptor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * Many small pushes at once until all are on all peers, against the bare imports and pins of the
 * very same DAGs.
 */
public final class PushBurstBenchmark implements Benchmark {
  private static final int IMAGES = 200;
  private static final int AT_ONCE = 24;
  private static final long LAYER_BYTES = 1024;
  private static final Bar BAR = new Bar.AtMost(1.5);

  @Override
  public String name() {
    return "push-burst";
  }

  @Override
  public void run(Bench bench) throws Exception {
    Path folder = bench.folder().resolve(name());
    bench
        .report()
        .title(
            "push-burst: %d images of 1 KiB pushed %d at a time, until all are on %d peers"
                .formatted(IMAGES, AT_ONCE, Ports.PEERS));
    try (LongshoreUp up = LongshoreUp.start(folder.resolve("ours"), List.of());
        LongshoreUp idle = LongshoreUp.start(folder.resolve("theirs"), List.of())) {
      BareMirror bare = new BareMirror(idle);
      List<Double> pushed = new ArrayList<>();
      Round[] round = new Round[1];
      int[] number = new int[1];
      Pairs pairs =
          Pairs.measureInOrder(
              bench.pairs(),
              Bench.WARM_UPS,
              () -> {
                round[0] = Round.prepare(folder.resolve("round-" + number[0]), number[0]++);
                return round[0].mirror(up, pushed);
              },
              () -> {
                List<BareMirror.Dag> dags = bare.fetch(up, round[0].dags);
                Stopwatch watch = Stopwatch.start(idle.processes());
                Parallel.run(AT_ONCE, dags.stream().map(bare::mirror).toList());
                return watch.sample(IMAGES * LAYER_BYTES);
              },
              bench.report()::progress);
      bench.report().ratio("time, by dag/import and pin/add", pairs.timeRatio(), BAR);
      side(bench, "longshore, from the first push", pairs.ours(Sample::seconds));
      side(
          bench,
          "of it until the registry had all",
          Median.of(pushed.subList(Bench.WARM_UPS, pushed.size())));
      side(bench, "bare import and pins", pairs.theirs(Sample::seconds));
    }
  }

  private static void side(Bench bench, String what, Median seconds) {
    bench.report().line("  %-44s %s s".formatted(what, Report.median("%.2f", seconds)));
  }

  /** The images of one round. */
  private static final class Round {
    private final List<BigImage> images;
    private List<String> dags = List.of();

    private Round(List<BigImage> images) {
      this.images = images;
    }

    static Round prepare(Path folder, int number) throws Exception {
      List<BigImage> images = new ArrayList<>();
      for (int i = 0; i < IMAGES; i++) {
        images.add(
            BigImage.write(
                folder.resolve("image-" + i),
                List.of(
                    new LayerSpec(
                        50_000L + (long) number * IMAGES + i,
                        LAYER_BYTES,
                        LayerSpec.Texture.RANDOM))));
      }
      return new Round(images);
    }

    Sample mirror(LongshoreUp up, List<Double> pushed) throws Exception {
      Stopwatch watch = Stopwatch.start(up.processes());
      List<Callable<Descriptor>> pushes = new ArrayList<>();
      for (int i = 0; i < IMAGES; i++) {
        BigImage image = images.get(i);
        String repository = "bench/burst-" + i;
        pushes.add(() -> up.push(image, up.name(repository), "latest"));
      }
      List<Descriptor> tops = Parallel.run(AT_ONCE, pushes);
      pushed.add(watch.sample(1).seconds());
      List<String> found = new ArrayList<>();
      for (Descriptor top : tops) {
        found.add(up.awaitCopies(top.digest().toString()).dag());
      }
      dags = found;
      return watch.sample(IMAGES * LAYER_BYTES);
    }
  }
}
