package dev.longshore.bench.convert;

import dev.longshore.bench.Bar;
import dev.longshore.bench.Bench;
import dev.longshore.bench.image.BigImage;
import dev.longshore.bench.measure.Pairs;
import dev.longshore.bench.measure.ProcessTree;
import dev.longshore.bench.measure.Stopwatch;
import dev.longshore.bench.parts.Containerd;
import dev.longshore.bench.parts.FreshKubo;
import dev.longshore.model.RepositoryName;
import java.io.IOException;
import java.nio.file.Path;

/**
 * {@code nerdctl push ipfs://} of an image that its containerd has already, while Longshore reads
 * it from the registry.
 */
final class NerdctlPush {
  private static final Bar FASTER = new Bar.AtLeast(4);
  private final Bench bench;
  private final RepositoryName name;
  private final Path folder;

  NerdctlPush(Bench bench, RepositoryName name, Path folder) {
    this.bench = bench;
    this.name = name;
    this.folder = folder;
  }

  void run(BigImage image) throws Exception {
    if (!Containerd.canRun()) {
      bench.report().line("  nerdctl push: not measured, containerd needs root");
      return;
    }
    String reference = name + ":1";
    try (Containerd containerd = Containerd.start(bench.tools(), folder.resolve("containerd"))) {
      try (FreshKubo kubo = kubo()) {
        containerd.nerdctl(
            kubo.environment(), "pull", "--quiet", "--unpack=false", "--all-platforms", reference);
      }
      Pairs pairs =
          Pairs.measure(
              bench.pairs(),
              1,
              () -> {
                try (FreshKubo kubo = kubo();
                    Conversion conversion = new Conversion(kubo.settings(), kubo.client())) {
                  return conversion.convert(name, image.manifest().descriptor(), image.bytes());
                }
              },
              () -> {
                try (FreshKubo kubo = kubo()) {
                  Stopwatch watch = Stopwatch.start(ProcessTree.own());
                  String root =
                      containerd.nerdctl(
                          kubo.environment(), "push", "--all-platforms", "ipfs://" + reference);
                  requireCid(root);
                  return watch.sample(image.bytes());
                }
              },
              bench.report()::progress);
      bench.report().ratio("speed, by nerdctl push ipfs://", pairs.speedRatio(), FASTER);
      bench
          .report()
          .sides(
              pairs,
              "longshore",
              "%s push ipfs://".formatted(bench.tools().version("nerdctl", "--version")));
    }
  }

  private static void requireCid(String printed) throws IOException {
    if (!printed.startsWith("bafk")) {
      throw new IOException("nerdctl push printed no CID: " + printed);
    }
  }

  private FreshKubo kubo() throws Exception {
    return FreshKubo.start(bench.tools(), folder.resolve("kubo"));
  }
}
