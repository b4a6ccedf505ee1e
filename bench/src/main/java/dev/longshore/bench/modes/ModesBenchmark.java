package dev.longshore.bench.modes;

import dev.longshore.bench.Bar;
import dev.longshore.bench.Bench;
import dev.longshore.bench.Benchmark;
import dev.longshore.bench.image.BigImage;
import dev.longshore.bench.image.DebianFiles;
import dev.longshore.bench.image.FileTar;
import dev.longshore.bench.image.JdkFiles;
import dev.longshore.bench.parts.Containerd;
import dev.longshore.bench.parts.LoopbackRegistry;
import dev.longshore.model.RepositoryName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * eStargz and encryption of real file systems, against nerdctl, which has the image in its
 * containerd already while Longshore reads it from the registry.
 */
public final class ModesBenchmark implements Benchmark {
  private static final Bar BY_FLOOR = new Bar.AtMost(1.3);

  @Override
  public String name() {
    return "modes";
  }

  @Override
  public void run(Bench bench) throws Exception {
    Path folder = Files.createDirectories(bench.folder().resolve(name()));
    if (DebianFiles.areHere()) {
      FileTar files = FileTar.of(DebianFiles.baseWithPython());
      run(bench, folder.resolve("debian"), "this machine's Debian with Python", files);
    }
    run(bench, folder.resolve("jdk"), "this machine's JDK", JdkFiles.withoutSource());
  }

  private static void run(Bench bench, Path folder, String what, FileTar files) throws Exception {
    Files.createDirectories(folder);
    bench.report().progress("making an image of %s ...".formatted(what));
    BigImage image = BigImage.writeFiles(folder.resolve("image"), List.of(files));
    String size = "%.0f MB in %d blobs".formatted(image.bytes() / 1e6, image.blobs().size());
    bench.report().title("modes: %s, %s".formatted(what, size));
    new WriterAlone(bench, image, folder).run(BY_FLOOR);
    if (!Containerd.canRun()) {
      bench.report().line("  the rest is not measured, containerd needs root");
      return;
    }
    try (LoopbackRegistry registry =
            LoopbackRegistry.start(bench.tools(), folder.resolve("registry"));
        Containerd containerd = Containerd.start(bench.tools(), folder.resolve("containerd"))) {
      RepositoryName repository = registry.name("bench/modes");
      registry.push(image, repository, "1");
      bench.report().line("  by " + bench.tools().version("nerdctl", "--version"));
      var subject = new NerdctlModes(bench, containerd, repository, image, folder);
      subject.pull();
      subject.estargz();
      subject.encrypted();
    }
  }
}
