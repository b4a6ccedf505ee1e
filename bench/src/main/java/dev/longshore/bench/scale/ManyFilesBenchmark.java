package dev.longshore.bench.scale;

import dev.longshore.bench.Bench;
import dev.longshore.bench.Benchmark;
import dev.longshore.bench.scale.BigLayerBenchmark.Converted;
import dev.longshore.model.Mode;
import java.util.List;

/** A layer of very many small files, made eStargz and zstd:chunked with a small heap. */
public final class ManyFilesBenchmark implements Benchmark {
  /** 950,000 with the usual 10 GB of the other layers: near the most that a layer may have. */
  private static final int FILES_A_GIGABYTE = 95_000;

  @Override
  public String name() {
    return "many-files";
  }

  @Override
  public void run(Bench bench) throws Exception {
    int files = bench.layerGigabytes() * FILES_A_GIGABYTE;
    bench
        .report()
        .title(
            "many-files: one layer of %,d files, one run in each mode, converter with %s"
                .formatted(files, String.join(" ", BigLayerBenchmark.MEMORY)));
    try (GeneratedRegistry registry = new GeneratedRegistry()) {
      bench.report().progress("hashing the layer ...");
      GeneratedLayer layer = GeneratedLayer.ofFiles(1, files);
      for (Mode mode : List.of(Mode.ESTARGZ, Mode.ZSTDCHUNKED)) {
        Converted one = BigLayerBenchmark.convert(bench, registry, mode, List.of(layer)).getLast();
        BigLayerBenchmark.report(bench.report(), mode, one, layer.descriptor().size());
      }
    }
  }
}
