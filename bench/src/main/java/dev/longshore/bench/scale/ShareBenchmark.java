package dev.longshore.bench.scale;

import dev.longshore.bench.Bar;
import dev.longshore.bench.Bench;
import dev.longshore.bench.Benchmark;
import dev.longshore.bench.BenchmarkReport;
import dev.longshore.bench.convert.Conversion;
import dev.longshore.bench.measure.Median;
import dev.longshore.bench.measure.Pairs;
import dev.longshore.bench.measure.Sample;
import dev.longshore.bench.parts.FreshKubo;
import dev.longshore.ipfs.kubo.SwarmKey;
import dev.longshore.model.RegistryHost;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A small image that is converted while a large layer is on its way, and the same alone, in turn.
 * Each has a node that has nothing yet, so that the large layer is written anew every time.
 */
public final class ShareBenchmark implements Benchmark {
  private static final long SMALL_BYTES = 10_000_000;
  private static final long GIGABYTE = 1_000_000_000;
  private static final Bar BAR = new Bar.AtMost(3);

  @Override
  public String name() {
    return "share";
  }

  @Override
  public void run(Bench bench) throws Exception {
    int gigabytes = bench.layerGigabytes();
    bench.report().progress("hashing a layer of %d GB ...".formatted(gigabytes));
    try (GeneratedRegistry registry = new GeneratedRegistry()) {
      Descriptor big = registry.add(GeneratedLayer.random(0, gigabytes * GIGABYTE));
      var subject = new Subject(bench, registry, new AtomicInteger());
      Pairs pairs =
          Pairs.measure(
              bench.pairs(),
              Bench.WARM_UPS,
              () -> subject.beside(big, gigabytes * GIGABYTE),
              subject::alone,
              bench.report()::progress);
      bench
          .report()
          .title(
              "share: an image of 10 MB while a layer of %d GB is converted".formatted(gigabytes));
      bench.report().ratio("time beside it, by the time alone", pairs.timeRatio(), BAR);
      side(bench, "beside it", pairs.ours(Sample::seconds));
      side(bench, "alone", pairs.theirs(Sample::seconds));
    }
  }

  private static void side(Bench bench, String what, Median seconds) {
    bench.report().line("  %-44s %s s".formatted(what, BenchmarkReport.median("%.3f", seconds)));
  }

  /** Its images are all different. */
  private record Subject(Bench bench, GeneratedRegistry registry, AtomicInteger seed) {
    Sample alone() throws Exception {
      try (FreshKubo kubo = kubo();
          Conversion conversion = new Conversion(kubo.settings(), kubo.client())) {
        small(conversion);
        return small(conversion);
      }
    }

    Sample beside(Descriptor big, long bytes) throws Exception {
      try (FreshKubo kubo = kubo();
          Conversion conversion = new Conversion(kubo.settings(), kubo.client())) {
        CountDownLatch begun = new CountDownLatch(1);
        Thread other =
            Thread.ofVirtual()
                .start(
                    () -> {
                      begun.countDown();
                      try {
                        conversion.convert(name(), big, bytes);
                      } catch (InterruptedException _) {
                        // The small one is done.
                      } catch (Exception e) { // the small one reports any failure too
                        bench.report().progress("the large one ended: " + e);
                      }
                    });
        try {
          begun.await();
          small(conversion);
          Sample sample = small(conversion);
          if (!other.isAlive()) {
            throw new IllegalStateException("the large layer ended before the small one did");
          }
          return sample;
        } finally {
          other.interrupt();
          other.join();
        }
      }
    }

    private Sample small(Conversion conversion) throws Exception {
      Descriptor top = registry.add(GeneratedLayer.random(seed.incrementAndGet(), SMALL_BYTES));
      return conversion.convert(name(), top, SMALL_BYTES);
    }

    private RepositoryName name() {
      return new RepositoryName(new RegistryHost(registry.host()), GeneratedRegistry.REPOSITORY);
    }

    private FreshKubo kubo() throws Exception {
      Path place = bench.folder().resolve("kubo-share");
      return FreshKubo.startLasting(bench.tools(), place, SwarmKey.generate(new SecureRandom()));
    }
  }
}
