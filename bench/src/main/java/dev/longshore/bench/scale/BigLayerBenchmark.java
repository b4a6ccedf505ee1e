package dev.longshore.bench.scale;

import dev.longshore.bench.Bar;
import dev.longshore.bench.Bench;
import dev.longshore.bench.Benchmark;
import dev.longshore.bench.BenchmarkReport;
import dev.longshore.bench.measure.Median;
import dev.longshore.bench.parts.FreshKubo;
import dev.longshore.bench.parts.Jvm;
import dev.longshore.bench.parts.Shell;
import dev.longshore.model.Mode;
import dev.longshore.oci.Descriptor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A layer of 10 GB through a small heap in each mode: as it is, after layers of 250 MB through the
 * same process; and a tar made eStargz, zstd:chunked, and encrypted.
 */
public final class BigLayerBenchmark implements Benchmark {
  private static final long GIGABYTE = 1_000_000_000;
  private static final long SMALL_BYTES = 250_000_000;
  private static final int SMALL_ONES = 5;
  private static final int WARM_UPS = 2;
  private static final double MIB = 1 << 20;
  static final List<String> MEMORY = List.of("-Xmx256m", "-XX:MaxDirectMemorySize=32m");
  private static final Bar RATE = new Bar.AtLeast(1.0);

  /** MiB: the heap, and as much besides. */
  private static final Bar RESIDENT = new Bar.AtMost(512);

  @Override
  public String name() {
    return "blob10g";
  }

  @Override
  public void run(Bench bench) throws Exception {
    long bytes = bench.layerGigabytes() * GIGABYTE;
    bench
        .report()
        .title(
            "blob10g: one layer of %d GB, one run in each mode, converter with %s"
                .formatted(bench.layerGigabytes(), String.join(" ", MEMORY)));
    try (GeneratedRegistry registry = new GeneratedRegistry()) {
      List<GeneratedLayer> layers = new ArrayList<>();
      bench.report().progress("hashing what plain mode reads ...");
      for (int i = 0; i < SMALL_ONES; i++) {
        layers.add(GeneratedLayer.random(i, SMALL_BYTES));
      }
      layers.add(GeneratedLayer.random(SMALL_ONES, bytes));
      List<Converted> plain = convert(bench, registry, Mode.PLAIN, layers);
      report(bench.report(), Mode.PLAIN, plain.getLast(), bytes);
      reportRate(bench.report(), plain, bytes);
      bench.report().progress("hashing what the other modes read ...");
      GeneratedLayer tar = GeneratedLayer.tar(1, bytes);
      for (Mode mode : List.of(Mode.ESTARGZ, Mode.ZSTDCHUNKED, Mode.ENCRYPTED)) {
        Converted one = convert(bench, registry, mode, List.of(tar)).getLast();
        report(bench.report(), mode, one, bytes);
      }
    }
  }

  /** Converts them one after another in a process with little memory. */
  static List<Converted> convert(
      Bench bench, GeneratedRegistry registry, Mode mode, List<GeneratedLayer> layers)
      throws Exception {
    bench.report().progress("converting in mode %s ...".formatted(mode.text()));
    try (FreshKubo kubo =
        FreshKubo.start(bench.tools(), bench.folder().resolve("kubo-" + mode.text()))) {
      List<String> command = Jvm.command(MEMORY, ConvertMain.class.getName());
      command.add(registry.host());
      command.add(kubo.settings().rpc().toString());
      command.add(kubo.settings().gateway().toString());
      command.add(mode.text());
      for (GeneratedLayer layer : layers) {
        Descriptor top = registry.add(layer);
        long bytes = layer.descriptor().size();
        command.addAll(
            List.of(top.digest().toString(), Long.toString(top.size()), Long.toString(bytes)));
      }
      List<Converted> converted =
          Shell.run(command, Map.of()).lines().map(Converted::parse).toList();
      if (converted.size() != layers.size()) {
        throw new IOException("the converter printed " + converted);
      }
      return converted;
    }
  }

  static void report(BenchmarkReport report, Mode mode, Converted big, long bytes) {
    double resident = big.peakBytes() / MIB;
    report.line(
        "  %-44s %.0f MiB, bar %s: %s"
            .formatted(
                mode.text() + ", peak resident",
                resident,
                RESIDENT,
                RESIDENT.metBy(resident) ? "met" : "MISSED"));
    report.line(
        "  %-44s %.0f MB/s, %.2f CPU s/GB (converter alone)"
            .formatted(
                mode.text() + ", rate",
                bytes / big.seconds() / 1e6,
                big.cpuSeconds() / ((double) bytes / GIGABYTE)));
  }

  private static void reportRate(BenchmarkReport report, List<Converted> plain, long bytes) {
    List<Double> small = new ArrayList<>();
    plain
        .subList(WARM_UPS, SMALL_ONES)
        .forEach(one -> small.add(SMALL_BYTES / one.seconds() / 1e6));
    Median smallRate = Median.of(small);
    double ratio = bytes / plain.getLast().seconds() / 1e6 / smallRate.value();
    report.line(
        "  %-44s %s MB/s"
            .formatted("rate of 250 MB, before it", BenchmarkReport.median("%.0f", smallRate)));
    report.line(
        "  %-44s %.2f x, bar %s: %s"
            .formatted(
                "rate, by that of 250 MB", ratio, RATE, RATE.metBy(ratio) ? "met" : "MISSED"));
  }

  /** One conversion, as {@link ConvertMain} tells of it. */
  record Converted(double seconds, double cpuSeconds, long peakBytes) {
    static Converted parse(String line) {
      String[] fields = line.split(" ", -1);
      return new Converted(
          Double.parseDouble(fields[0]), Double.parseDouble(fields[1]), Long.parseLong(fields[2]));
    }
  }
}
