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
import dev.longshore.bench.parts.LoopbackRegistry;
import dev.longshore.oci.Descriptor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * Fresh pushes while what was in the registry before is mirrored, by the same while that rests: one
 * run, in turn. From the begin of a push until the resolver lists it with all copies.
 */
public final class BackfillBenchmark implements Benchmark {
  private static final int IMAGES = 1_500;
  private static final int PUSHES_AT_ONCE = 16;
  private static final int PUSHES_A_TURN = 10;

  /** Of fewer, the slowest twentieth is one. */
  private static final int PUSHES_A_SIDE = 30;

  private static final long OLD_BYTES = 64 << 10;
  private static final long FRESH_BYTES = 1024;
  private static final double P95 = 0.95;
  private static final Bar BAR = new Bar.AtMost(2);

  @Override
  public String name() {
    return "backfill";
  }

  @Override
  public void run(Bench bench) throws Exception {
    Path folder = bench.folder().resolve(name());
    bench
        .report()
        .title(
            "backfill: a fresh push of 1 KiB, until on %d peers, while %d images of 64 KiB are"
                    .formatted(Ports.PEERS, images(bench))
                + " mirrored for the first time");
    fill(bench, folder);
    List<Double> busy = new ArrayList<>();
    List<Double> idle = new ArrayList<>();
    long done = 0;
    try (LongshoreUp up = LongshoreUp.start(folder.resolve("home"), List.of())) {
      Turns turns = new Turns(folder, up, pushes(bench));
      for (int pair = -1; pair < bench.pairs(); pair++) {
        turns.backfill("pause");
        List<Double> rested = turns.push();
        turns.backfill("resume");
        long before = turns.done();
        List<Double> ran = turns.push();
        long meanwhile = turns.done() - before;
        bench
            .report()
            .progress(
                "%s: resting %.3f s, running %.3f s, %d images of the backfill meanwhile; %s"
                    .formatted(
                        pair < 0 ? "warm-up" : "pair " + (pair + 1),
                        Median.of(rested).value(),
                        Median.of(ran).value(),
                        meanwhile,
                        turns.left()));
        if (meanwhile < 1) {
          throw new IllegalStateException(
              "the backfill did not run during a turn, after %d images of %d; take more --images"
                  .formatted(turns.done(), images(bench)));
        }
        if (pair >= 0) {
          idle.addAll(rested);
          busy.addAll(ran);
          done += meanwhile;
        }
      }
    }
    tell(bench, idle, busy, done);
  }

  private static int pushes(Bench bench) {
    return Math.max(PUSHES_A_TURN, Math.ceilDiv(PUSHES_A_SIDE, bench.pairs()));
  }

  private static int images(Bench bench) {
    return Math.min(IMAGES, bench.images());
  }

  private static void tell(Bench bench, List<Double> idle, List<Double> busy, long done) {
    double ratio = Median.quantile(busy, P95) / Median.quantile(idle, P95);
    side(bench, "while it rests", idle);
    side(bench, "while it runs", busy);
    bench
        .report()
        .line(
            "  %-44s %d, of %d pushes"
                .formatted("images of the backfill meanwhile", done, busy.size()));
    bench
        .report()
        .line(
            "  %-44s %.2f, bar %s: %s"
                .formatted("p95 by p95", ratio, BAR, BAR.metBy(ratio) ? "met" : "MISSED"));
  }

  private static void side(Bench bench, String what, List<Double> seconds) {
    bench
        .report()
        .line(
            "  %-44s %s s, p95 %.3f s"
                .formatted(
                    what,
                    BenchmarkReport.median("%.3f", Median.of(seconds)),
                    Median.quantile(seconds, P95)));
  }

  /** Before anything is there that could be told of it. */
  private static void fill(Bench bench, Path folder) throws Exception {
    try (LoopbackRegistry registry =
        LoopbackRegistry.start(bench.tools(), folder.resolve("home/registry"))) {
      List<Callable<Void>> pushes = new ArrayList<>();
      for (int i = 0; i < images(bench); i++) {
        BigImage image = image(folder.resolve("old-" + i), 100_000L + i, OLD_BYTES);
        String tag = "v" + i / 50;
        String repository = "bench/old-" + i % 50;
        pushes.add(
            () -> {
              registry.push(image, registry.name(repository), tag);
              return null;
            });
      }
      Parallel.run(PUSHES_AT_ONCE, pushes);
    }
  }

  private static BigImage image(Path folder, long seed, long bytes) throws Exception {
    return BigImage.write(folder, List.of(new LayerSpec(seed, bytes, LayerSpec.Texture.RANDOM)));
  }

  private static final class Turns {
    private final Path folder;
    private final LongshoreUp up;
    private final int aTurn;
    private int pushes;

    Turns(Path folder, LongshoreUp up, int aTurn) {
      this.folder = folder;
      this.up = up;
      this.aTurn = aTurn;
    }

    /** Images of the backfill whose copies were asked for: all but those that were pushed here. */
    long done() throws Exception {
      return up.metric("longshore_stage_duration_seconds_count", "service=\"pinner\"") - pushes;
    }

    void backfill(String command) throws Exception {
      up.command("backfill", command, up.name("any").host().toString(), "--reason", "measured");
    }

    String left() throws Exception {
      return up.command("backfill", "list").lines().findFirst().orElse("");
    }

    /** One that does not count, as the change before it takes its time; then the others. */
    List<Double> push() throws Exception {
      List<Double> seconds = new ArrayList<>();
      for (int i = -1; i < aTurn; i++) {
        BigImage image = image(folder.resolve("fresh-" + pushes), 1_000 + pushes, FRESH_BYTES);
        long start = System.nanoTime();
        Descriptor pushed = up.push(image, up.name("bench/fresh"), "v" + pushes);
        up.awaitCopies(pushed.digest().toString());
        if (i >= 0) {
          seconds.add((System.nanoTime() - start) / 1e9);
        }
        pushes++;
      }
      return seconds;
    }
  }
}
