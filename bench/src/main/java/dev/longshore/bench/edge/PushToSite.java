package dev.longshore.bench.edge;

import dev.longshore.bench.Bar;
import dev.longshore.bench.BenchmarkReport;
import dev.longshore.bench.image.BigImage;
import dev.longshore.bench.image.LayerSpec;
import dev.longshore.bench.measure.Median;
import dev.longshore.model.RepositoryName;
import java.util.ArrayList;
import java.util.List;

/** From the begin of a small push until a site serves it, while others wait for changes too. */
final class PushToSite implements Row {
  private static final Bar MEDIAN = new Bar.AtMost(1);
  private static final Bar P99 = new Bar.AtMost(3);
  private static final int OTHERS = 200;
  private static final int OTHERS_A_PAIR = 20;
  private static final int PUSHES_A_PAIR = 9;
  private static final int WARM_UPS = 5;
  private static final long LAYER_BYTES = 1024;

  @Override
  public String name() {
    return "push-to-site";
  }

  @Override
  public boolean lazy() {
    return false;
  }

  @Override
  public void run(Rig rig) throws Exception {
    int others = Math.min(OTHERS, OTHERS_A_PAIR * rig.bench().pairs());
    int pushes = PUSHES_A_PAIR * rig.bench().pairs();
    RepositoryName repository = rig.name(this, "small");
    List<Double> all = new ArrayList<>();
    List<Double> afterPush = new ArrayList<>();
    try (Site site = rig.site(name(), FirstCopy.ROUND_TRIP);
        Pollers pollers =
            Pollers.joined(rig.hub(), rig.far(FirstCopy.ROUND_TRIP), name(), others)) {
      Poller first = pollers.all().getFirst();
      var _ = first.snapshot();
      pollers.all().forEach(each -> each.goOnFrom(first));
      pollers.begin();
      rig.bench().report().progress(name() + ": %d others wait".formatted(others));
      for (int i = -WARM_UPS; i < pushes; i++) {
        BigImage image =
            BigImage.write(
                rig.folder(name()).resolve("image-" + i),
                List.of(new LayerSpec(5_000 + i, LAYER_BYTES, LayerSpec.Texture.RANDOM)));
        String tag = "build-" + (i + WARM_UPS);
        long begin = System.nanoTime();
        rig.push(image, repository, tag);
        long there = System.nanoTime();
        Rig.awaitAt(site, this, repository, tag);
        long end = System.nanoTime();
        if (i >= 0) {
          all.add((end - begin) / 1e9);
          afterPush.add((end - there) / 1e9);
        }
      }
      report(rig, pollers, others, all, afterPush);
    }
  }

  private static void report(
      Rig rig, Pollers pollers, int others, List<Double> all, List<Double> afterPush) {
    BenchmarkReport report = rig.bench().report();
    Median median = Median.of(all);
    double p99 = Median.quantile(all, 0.99);
    report.title(
        "push-to-site: %d images of 1 KiB, one after another, %d ms, %d other sites wait"
            .formatted(all.size(), FirstCopy.ROUND_TRIP.toMillis(), others));
    report.line(
        "  %-60s %s s, bar %s: %s"
            .formatted(
                "begin of the push until the site serves it",
                BenchmarkReport.median("%.3f", median),
                MEDIAN,
                MEDIAN.metBy(median.value()) ? "met" : "MISSED"));
    report.line(
        "  %-60s %.3f s, bar %s: %s"
            .formatted("the same, p99", p99, P99, P99.metBy(p99) ? "met" : "MISSED"));
    report.line(
        "  %-60s %s s"
            .formatted(
                "of it after the registry had all",
                BenchmarkReport.median("%.3f", Median.of(afterPush))));
    report.line(
        "  %-60s %,d changes heard, %d requests failed"
            .formatted("the others", pollers.heard(), pollers.failed()));
  }
}
