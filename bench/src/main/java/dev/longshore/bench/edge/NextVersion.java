package dev.longshore.bench.edge;

import dev.longshore.bench.Bar;
import dev.longshore.bench.BenchmarkReport;
import dev.longshore.bench.edge.Successive.Took;
import dev.longshore.bench.image.DebianFiles;
import dev.longshore.bench.image.FileTar;
import dev.longshore.bench.image.FileTar.Touched;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;

/** A next version, by what a mirror of whole layers transfers. */
final class NextVersion implements Row {
  private static final Bar REBUILT = new Bar.AtMost(0.10);
  private static final Bar TOUCHED = new Bar.AtMost(0.25);
  private static final Bar ONE_FILE = new Bar.AtMost(0.05);
  private static final int PACKAGE_KIB = 200;
  private static final long APP_BYTES = 100_000_000;

  @Override
  public String name() {
    return "next-version";
  }

  @Override
  public boolean lazy() {
    return true;
  }

  @Override
  public void run(Rig rig) throws Exception {
    BenchmarkReport report = rig.bench().report();
    try (Site site = rig.site(name())) {
      Path root = rig.folder(name()).resolve("app-files");
      AppFiles files = AppFiles.write(root, 1, APP_BYTES);
      Successive app = new Successive(rig, this, site, "app");
      Took appFirst = app.next(List.of(files.tar()));
      files.change(1, 1);
      Took changed = app.next(List.of(files.tar()));
      List<Path> paths = DebianFiles.baseWithPython();
      FileTar base = FileTar.of(paths);
      var more = new TreeSet<>(paths);
      more.addAll(DebianFiles.more(2, PACKAGE_KIB));
      Successive debian = new Successive(rig, this, site, "debian");
      Took first = debian.next(List.of(base));
      Took touched = debian.next(List.of(base.touching(Touched.ALL)));
      Took rebuilt = debian.next(List.of(FileTar.of(List.copyOf(more)).touching(Touched.BUILT)));
      report.title(
          "next-version as eStargz: a Debian with Python of this machine's files, packed %.1f MB; an app of %,d files, 100 MB, packed %.1f MB"
              .formatted(first.layerwise() / 1e6, files.count(), appFirst.layerwise() / 1e6));
      figure(report, "base rebuilt, times kept, two packages more", rebuilt, REBUILT);
      figure(report, "base with every time moved", touched, TOUCHED);
      figure(report, "app, one file changed", changed, ONE_FILE);
    }
  }

  private static void figure(BenchmarkReport report, String what, Took took, Bar bar) {
    Figures.bytes(report, what + ": bytes by layer-wise", took.line(), took.layerwise(), bar);
  }
}
