package dev.longshore.bench.latency;

import dev.longshore.app.parts.Ports;
import dev.longshore.bench.Bar;
import dev.longshore.bench.Bench;
import dev.longshore.bench.Benchmark;
import dev.longshore.bench.BenchmarkReport;
import dev.longshore.bench.image.BigImage;
import dev.longshore.bench.image.LayerSpec;
import dev.longshore.bench.measure.Median;
import dev.longshore.bench.parts.LongshoreUp;
import dev.longshore.oci.Descriptor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** From the begin of a small push until the resolver lists it with all copies verified. */
public final class PushLatencyBenchmark implements Benchmark {
  private static final String TAG = "latest";
  private static final int WARM_UPS = 10;
  private static final int PUSHES_A_PAIR = 9;
  private static final long LAYER_BYTES = 1024;
  private static final Bar BAR = new Bar.AtMost(0.5);

  @Override
  public String name() {
    return "push-latency";
  }

  @Override
  public void run(Bench bench) throws Exception {
    Path folder = bench.folder().resolve(name());
    int pushes = bench.pairs() * PUSHES_A_PAIR;
    bench
        .report()
        .title(
            "push-latency: %d images of 1 KiB, one after another in one run, until on %d peers"
                .formatted(pushes, Ports.PEERS));
    List<Double> all = new ArrayList<>();
    List<Double> afterPush = new ArrayList<>();
    List<Double> byTag = new ArrayList<>();
    try (LongshoreUp up = LongshoreUp.start(folder.resolve("home"), List.of())) {
      for (int i = -WARM_UPS; i < pushes; i++) {
        BigImage image =
            BigImage.write(
                folder.resolve("image-" + i),
                List.of(new LayerSpec(1_000 + i, LAYER_BYTES, LayerSpec.Texture.RANDOM)));
        long start = System.nanoTime();
        // One tag, as a new one shows nothing before: this one has to move.
        Descriptor pushed = up.push(image, up.name("bench/small"), TAG);
        long there = System.nanoTime();
        up.awaitTag(up.name("bench/small"), TAG, pushed.digest().toString());
        long shown = System.nanoTime();
        up.awaitCopies(pushed.digest().toString());
        long end = System.nanoTime();
        if (i >= 0) {
          all.add((end - start) / 1e9);
          afterPush.add((end - there) / 1e9);
          byTag.add((shown - there) / 1e9);
        }
      }
    }
    Median median = Median.of(all);
    bench
        .report()
        .line(
            "  %-44s %s s, p99 %.3f s, bar %s: %s"
                .formatted(
                    "begin of the push to 3 copies, resolvable",
                    BenchmarkReport.median("%.3f", median),
                    Median.quantile(all, 0.99),
                    BAR,
                    BAR.metBy(median.value()) ? "met" : "MISSED"));
    bench
        .report()
        .line(
            "  %-44s %s s, p99 %.3f s"
                .formatted(
                    "of it after the registry had all",
                    BenchmarkReport.median("%.3f", Median.of(afterPush)),
                    Median.quantile(afterPush, 0.99)));
    bench
        .report()
        .line(
            "  %-44s %s s, p99 %.3f s"
                .formatted(
                    "from then until its tag has moved to it",
                    BenchmarkReport.median("%.3f", Median.of(byTag)),
                    Median.quantile(byTag, 0.99)));
  }
}
