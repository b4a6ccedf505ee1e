package dev.longshore.bench.modes;

import dev.longshore.bench.Bar;
import dev.longshore.bench.Bench;
import dev.longshore.bench.Benchmark;
import dev.longshore.bench.image.DebianFiles;
import dev.longshore.bench.image.FileTar;
import dev.longshore.bench.image.FileTar.Touched;
import dev.longshore.estargz.EstargzSettings;
import dev.longshore.estargz.EstargzWriter;
import dev.longshore.ipfs.unixfs.UnixFsFileBuilder;
import dev.longshore.model.Cid;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What of an eStargz layer a peer still needs that has the layer's previous version. */
public final class NewBytesBenchmark implements Benchmark {
  private static final Bar REBUILT = new Bar.AtMost(0.06);
  private static final Bar TOUCHED = new Bar.AtMost(0.28);
  private static final Bar LAST_CHANGED = new Bar.AtMost(0.006);
  private static final Bar FIRST_GREW = new Bar.AtMost(0.01);

  /** As small as less or nano. */
  private static final int PACKAGE_KIB = 200;

  private static final int GROWTH = 100;

  @Override
  public String name() {
    return "new-bytes";
  }

  @Override
  public void run(Bench bench) throws Exception {
    if (!DebianFiles.areHere()) {
      bench.report().line("new-bytes: not measured, this machine is no Debian");
      return;
    }
    Path folder = Files.createDirectories(bench.folder().resolve(name()));
    Layers layers = new Layers(bench, folder, new EstargzWriter(folder.resolve("spool")));
    bench.report().title("new-bytes: of an eStargz layer of this machine's files");
    layers.base();
    layers.app();
  }

  /** Blocks of a layer's file, with their bytes. */
  private record Blocks(Map<Cid, Integer> sizes) {
    double newBy(Blocks before) {
      Set<Cid> fresh = new HashSet<>(sizes.keySet());
      fresh.removeAll(before.sizes.keySet());
      return (double) fresh.stream().mapToLong(sizes::get).sum() / bytes();
    }

    long bytes() {
      return sizes.values().stream().mapToLong(Integer::longValue).sum();
    }
  }

  private record Layers(Bench bench, Path folder, EstargzWriter writer) {
    void base() throws Exception {
      List<Path> paths = DebianFiles.baseWithPython();
      FileTar base = FileTar.of(paths);
      Blocks before = blocks(base);
      bench
          .report()
          .line(
              "  Debian with Python, %d entries: %.0f MB in %d blocks"
                  .formatted(paths.size(), before.bytes() / 1e6, before.sizes().size()));
      var more = new TreeSet<>(paths);
      more.addAll(DebianFiles.more(2, PACKAGE_KIB));
      FileTar rebuilt = FileTar.of(List.copyOf(more)).touching(Touched.BUILT);
      report("rebuilt on another date, two packages more", blocks(rebuilt), before, REBUILT);
      report("every time changed", blocks(base.touching(Touched.ALL)), before, TOUCHED);
    }

    void app() throws Exception {
      FileTar app = FileTar.below(List.of(Path.of("/usr/lib/python3")), _ -> true);
      Blocks before = blocks(app);
      bench
          .report()
          .line(
              "  Python's packages: %.0f MB in %d blocks"
                  .formatted(before.bytes() / 1e6, before.sizes().size()));
      List<Path> files =
          app.paths().stream()
              .filter(path -> Files.isRegularFile(path) && !Files.isSymbolicLink(path))
              .toList();
      byte[] last = Files.readAllBytes(files.getLast());
      last[last.length / 2]++;
      report(
          "the last file changed", blocks(app.with(files.getLast(), last)), before, LAST_CHANGED);
      byte[] first = Files.readAllBytes(files.getFirst());
      byte[] longer = Arrays.copyOf(first, first.length + GROWTH);
      report("the first file grew", blocks(app.with(files.getFirst(), longer)), before, FIRST_GREW);
    }

    private void report(String what, Blocks after, Blocks before, Bar bar) {
      double share = after.newBy(before);
      bench
          .report()
          .line(
              "  %-44s %.4f of the layer, bar %s: %s"
                  .formatted(what, share, bar, bar.metBy(share) ? "met" : "MISSED"));
    }

    private Blocks blocks(FileTar files) throws IOException {
      Path tar = folder.resolve("layer.tar");
      files.writeTo(tar);
      Map<Cid, Integer> sizes = new HashMap<>();
      UnixFsFileBuilder file =
          UnixFsFileBuilder.callerDecidesLeaves(
              UnixFsFileBuilder.MAX_LINKS, (cid, _, _, length) -> sizes.put(cid, length));
      try (InputStream in = Files.newInputStream(tar)) {
        writer.write(in, EstargzSettings.DEFAULT, file::writeLeaf);
      }
      file.finish();
      return new Blocks(sizes);
    }
  }
}
