package dev.longshore.bench.edge;

import dev.longshore.bench.Bench;
import dev.longshore.bench.Benchmark;
import dev.longshore.bench.image.DebianFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a site costs on its line: everything that goes over it is counted by its network device.
 * Hub, Kafka, registry, peers and the site are real; the line is a pair of devices with a rate, and
 * a proxy delays what passes, as the kernel may lack netem.
 */
public final class EdgeBenchmark implements Benchmark {
  private static final List<Row> ROWS =
      List.of(
          new FirstCopy(),
          new NextVersion(),
          Nightly.estargz(),
          Nightly.plain(),
          new PushToSite(),
          new Idle(),
          new OpenLine(),
          new OnDemandPull(),
          new LazyStart(),
          FourNodes.pulled(),
          FourNodes.kept());

  @Override
  public String name() {
    return "edge";
  }

  @Override
  public List<String> rows() {
    return ROWS.stream().map(Row::name).toList();
  }

  @Override
  public void run(Bench bench) throws Exception {
    Optional<String> objection = Line.objection();
    if (objection.isPresent() || !DebianFiles.areHere()) {
      bench
          .report()
          .line("edge: not measured, " + objection.orElse("its images need a Debian's files"));
      return;
    }
    List<Row> rows =
        ROWS.stream()
            .filter(row -> bench.rows().isEmpty() || bench.rows().contains(row.name()))
            .toList();
    Path folder = Files.createDirectories(bench.folder().resolve(name()));
    int failed = 0;
    try (Rig rig = Rig.start(bench, folder, rows)) {
      for (Row row : rows) {
        failed += succeeds(row, rig) ? 0 : 1;
      }
    }
    if (failed > 0) {
      throw new IllegalStateException(failed + " of " + rows.size() + " rows");
    }
  }

  private static boolean succeeds(Row row, Rig rig) throws InterruptedException {
    try {
      row.run(rig);
      return true;
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) { // Whatever one failed with: the others are still wanted.
      rig.bench().report().progress(row.name() + " could not be measured: " + e);
      return false;
    }
  }
}
