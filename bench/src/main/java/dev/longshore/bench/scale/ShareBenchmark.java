package dev.longshore.bench.scale;

import dev.longshore.bench.Bar;
import dev.longshore.bench.Bench;
import dev.longshore.bench.Benchmark;
import dev.longshore.bench.Report;
import dev.longshore.bench.convert.Conversion;
import dev.longshore.bench.measure.Median;
import dev.longshore.bench.parts.FreshKubo;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.RegistryHost;
import dev.longshore.oci.RepositoryName;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** A small image that is converted while a layer of 10 GB is on its way. */
public final class ShareBenchmark implements Benchmark {
  private static final long SMALL_BYTES = 10_000_000;
  private static final long BIG_BYTES = 10_000_000_000L;
  private static final int FIRST_BESIDE = 1_000;
  private static final Bar BAR = new Bar.AtMost(3);

  @Override
  public String name() {
    return "share";
  }

  @Override
  public void run(Bench bench) throws Exception {
    bench.report().progress("hashing a layer of 10 GB ...");
    try (GeneratedRegistry registry = new GeneratedRegistry();
        FreshKubo kubo = FreshKubo.start(bench.tools(), bench.folder().resolve("kubo-share"));
        Conversion conversion = new Conversion(kubo.settings(), kubo.client())) {
      RepositoryName name =
          new RepositoryName(new RegistryHost(registry.host()), GeneratedRegistry.REPOSITORY);
      Descriptor big = registry.add(GeneratedLayer.random(0, BIG_BYTES));
      Small small = new Small(registry, conversion, name);
      List<Double> alone = small.convert(1, bench.pairs() + Bench.WARM_UPS);
      CountDownLatch begun = new CountDownLatch(1);
      Thread other =
          Thread.ofVirtual()
              .start(
                  () -> {
                    begun.countDown();
                    try {
                      conversion.convert(name, big, BIG_BYTES);
                    } catch (Exception e) {
                      bench.report().progress("the large one ended: " + e);
                    }
                  });
      begun.await();
      small.convert(FIRST_BESIDE, Bench.WARM_UPS);
      List<Double> beside = small.convert(FIRST_BESIDE + Bench.WARM_UPS, bench.pairs());
      boolean stillRunning = other.isAlive();
      other.interrupt();
      other.join();
      if (!stillRunning) {
        throw new IllegalStateException("the large layer ended before the small ones did");
      }
      report(bench, alone.subList(Bench.WARM_UPS, alone.size()), beside);
    }
  }

  private static void report(Bench bench, List<Double> alone, List<Double> beside) {
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < beside.size(); i++) {
      ratios.add(beside.get(i) / alone.get(i));
    }
    bench.report().title("share: an image of 10 MB while a layer of 10 GB is converted");
    bench.report().ratio("time beside it, by the time alone", Median.of(ratios), BAR);
    bench
        .report()
        .line("  %-44s %s s".formatted("beside it", Report.median("%.3f", Median.of(beside))));
    bench.report().line("  %-44s %s s".formatted("alone", Report.median("%.3f", Median.of(alone))));
  }

  private record Small(GeneratedRegistry registry, Conversion conversion, RepositoryName name) {
    List<Double> convert(int firstSeed, int count) throws Exception {
      List<Double> seconds = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        Descriptor top = registry.add(GeneratedLayer.random(firstSeed + i, SMALL_BYTES));
        seconds.add(conversion.convert(name, top, SMALL_BYTES).seconds());
      }
      return seconds;
    }
  }
}
