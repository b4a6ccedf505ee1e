package dev.longshore.bench.modes;

import dev.longshore.bench.Bench;
import dev.longshore.bench.Benchmark;
import dev.longshore.bench.Report;
import dev.longshore.bench.image.BigImage;
import dev.longshore.bench.measure.Median;
import dev.longshore.bench.parts.Containerd;
import dev.longshore.bench.parts.Folders;
import dev.longshore.bench.parts.LongshoreUp;
import dev.longshore.oci.RepositoryName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How long it takes from nothing to the end of a first short program of an image, pulled whole and
 * pulled lazily, with everything served by one resolver. There is no bar: figures stand for
 * themselves.
 */
public final class LazyBenchmark implements Benchmark {
  /** A round takes half a minute. */
  private static final int MOST_ROUNDS = 5;

  private static final Path FUSE = Path.of("/dev/fuse");
  private static final double NANOS = 1e9;

  @Override
  public String name() {
    return "lazy";
  }

  /**
   * One way to start.
   *
   * @param image as nerdctl names it
   */
  private record Way(String name, String snapshotter, String image) {}

  @Override
  public void run(Bench bench) throws Exception {
    if (!Containerd.canRun() || !Files.exists(FUSE)) {
      bench.report().line("lazy: not measured, it needs root and " + FUSE);
      return;
    }
    Path folder = Files.createDirectories(bench.folder().resolve(name()));
    bench.report().progress("making an image of this machine's Python and JDK ...");
    BigImage image = PythonImage.write(folder.resolve("image"));
    List<String> settings =
        List.of("rules.0.match=**/lazy/ours", "rules.0.modes=plain,estargz,zstdchunked");
    try (LongshoreUp up = LongshoreUp.start(folder.resolve("up"), settings)) {
      var subject = new Subject(bench, up, folder);
      List<Way> ways = subject.prepare(image);
      bench
          .report()
          .title(
              "lazy: from nothing to the end of python3 -c '%s', %.0f MB, all by the resolver on loopback, by %s"
                  .formatted(
                      PythonImage.script(),
                      image.bytes() / 1e6,
                      bench.tools().version("stargz-check", "version")));
      subject.measure(ways);
    }
  }

  private record Subject(Bench bench, LongshoreUp up, Path folder) {
    List<Way> prepare(BigImage image) throws Exception {
      RepositoryName ours = up.name("lazy/ours");
      RepositoryName theirs = up.name("lazy/theirs");
      up.push(image, ours, "1");
      String digest = image.manifest().digest().toString();
      up.awaitCopies(digest);
      String root = up.awaitCopies(digest, "estargz").root();
      up.awaitCopies(digest, "zstdchunked");
      up.awaitCopies(convertByReference(ours + ":1", theirs + ":1"));
      String resolver = "localhost:" + up.ports().resolver() + "/lazy/";
      return List.of(
          new Way("pulled whole", "overlayfs", resolver + "ours:1"),
          new Way("nerdctl's eStargz", "stargz", resolver + "theirs:1"),
          new Way("our eStargz", "stargz", resolver + "ours:1-estargz"),
          new Way("our zstd:chunked", "stargz", resolver + "ours:1-zstdchunked"),
          new Way("our eStargz, from IPFS", "stargz", "ipfs://" + root));
    }

    /** The digest of what nerdctl made and pushed. */
    private String convertByReference(String from, String to) throws Exception {
      Path at = folder.resolve("reference");
      try (Containerd containerd = Containerd.start(bench.tools(), at)) {
        containerd.nerdctl(Map.of(), "pull", "--quiet", from);
        containerd.nerdctl(Map.of(), "image", "convert", "--estargz", "--oci", from, to);
        containerd.nerdctl(Map.of(), "push", "--quiet", to);
        return containerd.nerdctl(
            Map.of(), "image", "inspect", "--mode=native", "--format={{.Image.Target.Digest}}", to);
      } finally {
        Folders.remove(at);
      }
    }

    void measure(List<Way> ways) throws Exception {
      var seconds = new LinkedHashMap<Way, List<Double>>();
      int rounds = Math.min(bench.pairs(), MOST_ROUNDS);
      for (int round = 0; round <= rounds; round++) { // the first one fills the resolver's cache
        for (Way way : ways) {
          double taken = start(way, folder.resolve("node-" + round));
          bench.report().progress("%s: %.2f s".formatted(way.name(), taken));
          if (round > 0) {
            seconds.computeIfAbsent(way, _ -> new ArrayList<>()).add(taken);
          }
        }
      }
      seconds.forEach(
          (way, taken) ->
              bench
                  .report()
                  .line(
                      "  %-44s %s s"
                          .formatted(way.name(), Report.median("%.2f", Median.of(taken)))));
    }

    private double start(Way way, Path at) throws Exception {
      try (LazyNode node =
          LazyNode.start(bench.tools(), at, "127.0.0.1:" + up.ports().kuboRpc(0))) {
        long begin = System.nanoTime();
        node.containerd()
            .nerdctl(
                Map.of("IPFS_PATH", up.kubo().toString()),
                "--snapshotter=" + way.snapshotter(),
                "run",
                "--rm",
                "--net=none",
                way.image(),
                PythonImage.PROGRAM,
                "-c",
                PythonImage.script());
        return (System.nanoTime() - begin) / NANOS;
      } finally {
        Folders.remove(at);
      }
    }
  }
}
