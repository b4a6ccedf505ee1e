package dev.longshore.bench.scale;

import dev.longshore.bench.Bar;
import dev.longshore.bench.Bench;
import dev.longshore.bench.Benchmark;
import dev.longshore.bench.Report;
import dev.longshore.bench.measure.Median;
import dev.longshore.bench.parts.FreshKubo;
import dev.longshore.bench.parts.Jvm;
import dev.longshore.bench.parts.Shell;
import dev.longshore.oci.Descriptor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A 10 GB layer through a small heap, after layers of 250 MB through the same process. */
public final class BigLayerBenchmark implements Benchmark {
  private static final long SMALL_BYTES = 250_000_000;
  private static final long BIG_BYTES = 10_000_000_000L;
  private static final int SMALL_ONES = 5;
  private static final int WARM_UPS = 2;
  private static final List<String> MEMORY = List.of("-Xmx256m", "-XX:MaxDirectMemorySize=32m");
  private static final Bar RATE = new Bar.AtLeast(1.0);

  @Override
  public String name() {
    return "blob10g";
  }

  @Override
  public void run(Bench bench) throws Exception {
    bench.report().progress("hashing a layer of 10 GB ...");
    try (GeneratedRegistry registry = new GeneratedRegistry();
        FreshKubo kubo = FreshKubo.start(bench.tools(), bench.folder().resolve("kubo-10g"))) {
      List<String> command = Jvm.command(MEMORY, ConvertMain.class.getName());
      command.add(registry.host());
      command.add(kubo.settings().rpc().toString());
      command.add(kubo.settings().gateway().toString());
      for (int i = 0; i < SMALL_ONES; i++) {
        add(command, registry, i, SMALL_BYTES);
      }
      add(command, registry, SMALL_ONES, BIG_BYTES);
      bench.report().progress("converting it, after smaller ones ...");
      List<Converted> converted =
          Shell.run(command, Map.of()).lines().map(Converted::parse).toList();
      if (converted.size() != SMALL_ONES + 1) {
        throw new IOException("the converter printed " + converted);
      }
      report(bench.report(), converted);
    }
  }

  private static void add(List<String> command, GeneratedRegistry registry, long seed, long bytes)
      throws IOException {
    Descriptor top = registry.add(new GeneratedLayer(seed, bytes));
    command.addAll(
        List.of(top.digest().toString(), Long.toString(top.size()), Long.toString(bytes)));
  }

  private static void report(Report report, List<Converted> converted) {
    Converted big = converted.getLast();
    List<Double> small = new ArrayList<>();
    converted
        .subList(WARM_UPS, SMALL_ONES)
        .forEach(one -> small.add(SMALL_BYTES / one.seconds() / 1e6));
    double rate = BIG_BYTES / big.seconds() / 1e6;
    Median smallRate = Median.of(small);
    report.title("blob10g: one layer of 10 GB, converter with " + String.join(" ", MEMORY));
    report.line(
        "  peak resident memory of the converter          %.0f MiB"
            .formatted(big.peakBytes() / 1048576.0));
    report.line(
        "  rate                                           %.0f MB/s, %.2f CPU s/GB (converter alone)"
            .formatted(rate, big.cpuSeconds() / (BIG_BYTES / 1e9)));
    report.line(
        "  rate of 250 MB                                 %s MB/s"
            .formatted(Report.median("%.0f", smallRate)));
    double ratio = rate / smallRate.value();
    report.line(
        "  rate, by that of 250 MB                        %.2f x, bar %s: %s"
            .formatted(ratio, RATE, RATE.metBy(ratio) ? "met" : "MISSED"));
  }

  private record Converted(double seconds, double cpuSeconds, long peakBytes) {
    static Converted parse(String line) {
      String[] fields = line.split(" ", -1);
      return new Converted(
          Double.parseDouble(fields[0]), Double.parseDouble(fields[1]), Long.parseLong(fields[2]));
    }
  }
}
