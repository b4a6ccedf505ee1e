package dev.longshore.bench.modes;

import dev.longshore.bench.Bar;
import dev.longshore.bench.Bench;
import dev.longshore.bench.BenchmarkReport;
import dev.longshore.bench.image.BigImage;
import dev.longshore.bench.measure.Pairs;
import dev.longshore.bench.measure.ProcessTree;
import dev.longshore.bench.measure.Sample;
import dev.longshore.bench.measure.Stopwatch;
import dev.longshore.estargz.EstargzSettings;
import dev.longshore.estargz.EstargzWriter;
import dev.longshore.model.Digest;
import dev.longshore.oci.Descriptor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.util.List;

/** The eStargz writer without registry and Kubo, against what cannot be saved. */
record WriterAlone(Bench bench, BigImage image, Path folder) {
  void run(Bar bar) throws Exception {
    var writer = new EstargzWriter(folder.resolve("spool"));
    List<Path> layers =
        image.manifest().layers().stream().map(Descriptor::digest).map(this::file).toList();
    Pairs pairs =
        Pairs.measure(
            bench.pairs(),
            Bench.WARM_UPS,
            () -> write(writer, layers),
            () -> Floor.run(layers),
            bench.report()::progress);
    bench
        .report()
        .ratio("writer, time by inflate + sha256 + libdeflate -6", pairs.timeRatio(), bar);
    bench
        .report()
        .line(
            "  %-44s %s x"
                .formatted(
                    "the same in CPU time", BenchmarkReport.median("%.2f", pairs.cpuRatio())));
    bench.report().sides(pairs, "eStargz writer", "inflate + sha256 + libdeflate -6");
  }

  private Path file(Digest digest) {
    return image.folder().resolve("blobs/sha256").resolve(digest.hex());
  }

  private static Sample write(EstargzWriter writer, List<Path> layers) throws IOException {
    Stopwatch watch = Stopwatch.start(ProcessTree.own());
    long bytes = 0;
    for (Path layer : layers) {
      bytes += Files.size(layer);
      try (InputStream in =
          new DigestInputStream(Files.newInputStream(layer), Digest.Algorithm.SHA256.newHash())) {
        writer.write(in, EstargzSettings.DEFAULT, (_, _, _) -> {});
      }
    }
    return watch.sample(bytes);
  }
}
