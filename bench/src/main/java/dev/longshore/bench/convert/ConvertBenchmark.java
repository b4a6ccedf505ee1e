package dev.longshore.bench.convert;

import dev.longshore.bench.Bar;
import dev.longshore.bench.Bench;
import dev.longshore.bench.Benchmark;
import dev.longshore.bench.BenchmarkReport;
import dev.longshore.bench.image.BigImage;
import dev.longshore.bench.measure.Median;
import dev.longshore.bench.measure.Pairs;
import dev.longshore.bench.measure.Sample;
import dev.longshore.bench.parts.FreshKubo;
import dev.longshore.bench.parts.LoopbackRegistry;
import dev.longshore.events.BlobState;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Plain conversion into fresh Kubo nodes, against {@code ipfs add} and {@code nerdctl push}. */
public final class ConvertBenchmark implements Benchmark {
  private static final Bar FLOOR = new Bar.AtMost(1.25);
  private static final String IPFS_ADD = "ipfs-add";
  private static final String NERDCTL = "nerdctl";
  private static final Bar SHARED = new Bar.AtMost(0.1);

  @Override
  public String name() {
    return "convert";
  }

  @Override
  public List<String> rows() {
    return List.of(IPFS_ADD, NERDCTL);
  }

  @Override
  public void run(Bench bench) throws Exception {
    Path folder = bench.folder().resolve(name());
    bench.report().progress("making three images of 250 MB ...");
    BigImage first = BigImage.write(folder.resolve("first"), BigImage.usualLayers(101));
    BigImage second = BigImage.write(folder.resolve("second"), BigImage.usualLayers(102));
    BigImage elsewhere = BigImage.write(folder.resolve("elsewhere"), BigImage.usualLayers(103));
    try (LoopbackRegistry registry =
        LoopbackRegistry.start(bench.tools(), folder.resolve("registry"))) {
      Subject subject = new Subject(bench, registry, first, second, elsewhere, folder);
      registry.push(first, subject.name(), "1");
      registry.push(second, subject.name(), "2");
      registry.push(elsewhere, subject.otherName(), "3");
      bench
          .report()
          .title(
              "convert: %.0f MB in %d blobs, registry and Kubo on loopback (%s)"
                  .formatted(
                      first.bytes() / 1e6,
                      first.blobs().size(),
                      bench.version("ipfs", "--version")));
      if (bench.rows().isEmpty() || bench.rows().contains(IPFS_ADD)) {
        subject.floor();
      }
      if (bench.rows().isEmpty() || bench.rows().contains(NERDCTL)) {
        new NerdctlPush(bench, subject.name(), folder).run(first);
      }
    }
  }

  /** The images in the registry. */
  private record Subject(
      Bench bench,
      LoopbackRegistry registry,
      BigImage first,
      BigImage second,
      BigImage elsewhere,
      Path folder) {
    RepositoryName name() {
      return registry.name("bench/image");
    }

    RepositoryName otherName() {
      return registry.name("bench/other");
    }

    void floor() throws Exception {
      IpfsAdd ipfsAdd = new IpfsAdd(bench.tools().path("ipfs"));
      Seconds shared = new Seconds();
      Seconds sharedElsewhere = new Seconds();
      List<String> urls =
          first.blobs().stream().map(blob -> registry.blobUrl(name(), blob)).toList();
      List<List<String>> ours = new ArrayList<>();
      List<List<String>> theirs = new ArrayList<>();
      Pairs pairs =
          Pairs.measure(
              bench.pairs(),
              Bench.WARM_UPS,
              () -> {
                try (FreshKubo kubo = kubo();
                    Conversion conversion = new Conversion(kubo.settings(), kubo.client())) {
                  Sample sample =
                      conversion.convert(name(), first.manifest().descriptor(), first.bytes());
                  ours.add(cids(conversion));
                  Sample again =
                      conversion.convert(name(), second.manifest().descriptor(), second.bytes());
                  shared.add(again, sample);
                  Sample other =
                      conversion.convert(
                          otherName(), elsewhere.manifest().descriptor(), elsewhere.bytes());
                  sharedElsewhere.add(other, sample);
                  return sample;
                }
              },
              () -> {
                try (FreshKubo kubo = kubo()) {
                  IpfsAdd.Added added = ipfsAdd.add(urls, kubo, first.bytes());
                  theirs.add(added.cids());
                  return added.sample();
                }
              },
              bench.report()::progress);
      requireSame(ours, theirs);
      bench.report().ratio("time, by curl | ipfs add", pairs.timeRatio(), FLOOR);
      bench.report().sides(pairs, "longshore", "curl | ipfs add --cid-version=1 -Q");
      shared.report(bench.report(), "second image, all but one layer shared");
      sharedElsewhere.report(
          bench.report(), "the same in another repository, which is asked for each");
    }

    private FreshKubo kubo() throws Exception {
      return FreshKubo.start(bench.tools(), folder.resolve("kubo"));
    }

    private List<String> cids(Conversion conversion) {
      return first.blobs().stream()
          .map(Descriptor::digest)
          .map(
              d ->
                  conversion
                      .catalog()
                      .conversions()
                      .blob(d, BlobState.NONE)
                      .orElseThrow()
                      .cid()
                      .toString())
          .toList();
    }

    /** Who stores something else is not faster. */
    private static void requireSame(List<List<String>> ours, List<List<String>> theirs)
        throws IOException {
      if (!ours.equals(theirs)) {
        throw new IOException("the CIDs differ: ours " + ours + ", theirs " + theirs);
      }
    }
  }

  /** What a later image took by the first one. */
  private static final class Seconds {
    private final List<Double> ratios = new ArrayList<>();
    private final List<Double> cpu = new ArrayList<>();

    void add(Sample later, Sample first) {
      ratios.add(later.seconds() / first.seconds());
      cpu.add(later.cpuSeconds());
    }

    void report(BenchmarkReport report, String what) {
      report.ratio(what, Median.of(counted(ratios)), SHARED);
      report.line(
          "    processors, Kubo and registry in it: %s s"
              .formatted(BenchmarkReport.median("%.3f", Median.of(counted(cpu)))));
    }

    private static List<Double> counted(List<Double> all) {
      return all.subList(Bench.WARM_UPS, all.size());
    }
  }
}
