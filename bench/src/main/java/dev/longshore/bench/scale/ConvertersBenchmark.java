package dev.longshore.bench.scale;

import dev.longshore.app.parts.DevelopmentKafka;
import dev.longshore.bench.Bench;
import dev.longshore.bench.Benchmark;
import dev.longshore.bench.BenchmarkReport;
import dev.longshore.bench.image.BigImage;
import dev.longshore.bench.image.LayerSpec;
import dev.longshore.bench.measure.Median;
import dev.longshore.bench.measure.Pairs;
import dev.longshore.bench.measure.Sample;
import dev.longshore.bench.parts.FreshKubo;
import dev.longshore.bench.parts.LoopbackRegistry;
import dev.longshore.model.RepositoryName;
import dev.longshore.programs.FreePorts;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Conversions a second with one converter and with two, each a process of its own. */
public final class ConvertersBenchmark implements Benchmark {
  private static final int IMAGES = 60;
  private static final long LAYER_BYTES = 1_000_000;
  private static final long FIRST_SEED = 90_000;

  @Override
  public String name() {
    return "converters";
  }

  @Override
  public void run(Bench bench) throws Exception {
    Path folder = bench.folder().resolve(name());
    List<Integer> ports = FreePorts.find(2);
    DevelopmentKafka kafka =
        new DevelopmentKafka(
            ports.getFirst(), ports.getLast(), folder.resolve("kafka"), System.err::println);
    kafka.start();
    String brokers = "127.0.0.1:" + ports.getFirst();
    try (LoopbackRegistry registry =
            LoopbackRegistry.start(bench.tools(), folder.resolve("registry"));
        FreshKubo kubo = FreshKubo.start(bench.tools(), folder.resolve("kubo"));
        Converters two = Converters.start(2, folder.resolve("two"), brokers, registry, kubo);
        Converters one = Converters.start(1, folder.resolve("one"), brokers, registry, kubo)) {
      int[] round = new int[1];
      Pairs pairs =
          Pairs.measure(
              bench.pairs(),
              Bench.WARM_UPS,
              () -> two.convert(images(folder, registry, round[0]++), IMAGES * LAYER_BYTES),
              () -> one.convert(images(folder, registry, round[0]++), IMAGES * LAYER_BYTES),
              bench.report()::progress);
      bench
          .report()
          .title(
              "converters: %d images of 1 MB, from their observation to the last conversion"
                  .formatted(IMAGES));
      side(bench, "speed of two, by one", pairs.speedRatio());
      side(bench, "two converters, images a second", pairs.ours(ConvertersBenchmark::rate));
      side(bench, "one converter, images a second", pairs.theirs(ConvertersBenchmark::rate));
    } finally {
      kafka.stop(Duration.ZERO);
    }
  }

  private static double rate(Sample sample) {
    return IMAGES / sample.seconds();
  }

  private static void side(Bench bench, String what, Median figure) {
    bench.report().line("  %-44s %s".formatted(what, BenchmarkReport.median("%.2f", figure)));
  }

  /** Images that no round before had, in the registry. */
  private static List<Converters.Pushed> images(Path folder, LoopbackRegistry registry, int round)
      throws Exception {
    List<Converters.Pushed> pushed = new ArrayList<>();
    for (int i = 0; i < IMAGES; i++) {
      long seed = FIRST_SEED + (long) round * IMAGES + i;
      BigImage image =
          BigImage.write(
              folder.resolve("images/" + seed),
              List.of(new LayerSpec(seed, LAYER_BYTES, LayerSpec.Texture.RANDOM)));
      RepositoryName name = registry.name("bench/converters-" + i);
      registry.push(image, name, "r" + round);
      pushed.add(new Converters.Pushed(name, "r" + round, image.reference(), image.source()));
    }
    return pushed;
  }
}
