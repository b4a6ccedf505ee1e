package dev.longshore.bench.modes;

import dev.longshore.bench.Bench;
import dev.longshore.bench.Benchmark;
import dev.longshore.bench.BenchmarkReport;
import dev.longshore.bench.image.BigImage;
import dev.longshore.bench.image.PythonImage;
import dev.longshore.bench.measure.Median;
import dev.longshore.bench.parts.Folders;
import dev.longshore.bench.parts.LazyNode;
import dev.longshore.bench.parts.LongshoreUp;
import dev.longshore.bench.parts.NerdctlNode;
import dev.longshore.model.RepositoryName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How long it takes from nothing to the end of a first short program of an image, pulled whole and
 * pulled lazily, with everything served by one resolver. There is no bar: figures stand for
 * themselves. The first round is apart: neither the resolver nor its node has anything of the image
 * then. Who begins changes from round to round.
 */
public final class LazyBenchmark implements Benchmark {
  /** A round takes half a minute. */
  private static final int MOST_ROUNDS = 5;

  private static final String FROM_IPFS = "our eStargz, from IPFS";
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
    if (!NerdctlNode.canRun() || !Files.exists(FUSE)) {
      bench.report().line("lazy: not measured, it needs root and " + FUSE);
      return;
    }
    Path folder = Files.createDirectories(bench.folder().resolve(name()));
    bench.report().progress("making an image of this machine's Python and JDK ...");
    BigImage image = PythonImage.write(folder.resolve("image"));
    List<String> settings =
        List.of("rules.0.match=**/lazy/ours", "rules.0.modes=plain,estargz,zstdchunked");
    // Our eStargz out of the resolver brings its node what the way by IPFS reads: that has its own.
    double fromIpfs;
    try (LongshoreUp up = LongshoreUp.start(folder.resolve("apart"), settings)) {
      fromIpfs = new Subject(bench, up, folder.resolve("apart-nodes")).firstFromIpfs(image);
    }
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
                      bench.version("stargz-check", "version")));
      subject.measure(ways, fromIpfs);
    }
  }

  private record Subject(Bench bench, LongshoreUp up, Path folder) {
    List<Way> prepare(BigImage image) throws Exception {
      RepositoryName ours = up.name("lazy/ours");
      RepositoryName theirs = up.name("lazy/theirs");
      Way fromIpfs = push(image);
      up.awaitCopies(convertByReference(ours + ":1", theirs + ":1"));
      String resolver = "localhost:" + up.ports().resolver() + "/lazy/";
      return List.of(
          new Way("pulled whole", "overlayfs", resolver + "ours:1"),
          new Way("nerdctl's eStargz", "stargz", resolver + "theirs:1"),
          new Way("our eStargz", "stargz", resolver + "ours:1-estargz"),
          new Way("our zstd:chunked", "stargz", resolver + "ours:1-zstdchunked"),
          fromIpfs);
    }

    /** Waits for every mode. */
    private Way push(BigImage image) throws Exception {
      up.push(image, up.name("lazy/ours"), "1");
      String digest = image.manifest().digest().toString();
      up.awaitCopies(digest);
      up.awaitCopies(digest, "zstdchunked");
      String root = up.awaitCopies(digest, "estargz").root();
      return new Way(FROM_IPFS, "stargz", "ipfs://" + root);
    }

    /** Seconds where the node has nothing of the image yet. */
    double firstFromIpfs(BigImage image) throws Exception {
      return timed(push(image), folder);
    }

    /** The digest of what nerdctl made and pushed. */
    private String convertByReference(String from, String to) throws Exception {
      Path at = folder.resolve("reference");
      try (NerdctlNode containerd = NerdctlNode.start(bench.tools(), at)) {
        containerd.nerdctl(Map.of(), "pull", "--quiet", from);
        containerd.nerdctl(Map.of(), "image", "convert", "--estargz", "--oci", from, to);
        containerd.nerdctl(Map.of(), "push", "--quiet", to);
        return containerd.nerdctl(
            Map.of(), "image", "inspect", "--mode=native", "--format={{.Image.Target.Digest}}", to);
      } finally {
        Folders.remove(at);
      }
    }

    void measure(List<Way> ways, double firstFromIpfs) throws Exception {
      var first = new HashMap<Way, Double>();
      for (Way way : ways) {
        first.put(
            way,
            way.name().equals(FROM_IPFS) ? firstFromIpfs : timed(way, folder.resolve("node-0")));
      }
      var seconds = new HashMap<Way, List<Double>>();
      int rounds = Math.min(bench.pairs(), MOST_ROUNDS);
      var order = new ArrayList<>(ways);
      for (int round = 1; round <= rounds; round++) {
        for (Way way : order) {
          seconds
              .computeIfAbsent(way, _ -> new ArrayList<>())
              .add(timed(way, folder.resolve("node-" + round)));
        }
        Collections.rotate(order, -1);
      }
      for (Way way : ways) {
        Median median = Median.of(seconds.getOrDefault(way, List.of()));
        bench
            .report()
            .line(
                "  %-44s %s s; the first time, once: %.2f s"
                    .formatted(way.name(), BenchmarkReport.median("%.2f", median), first.get(way)));
      }
    }

    private double timed(Way way, Path at) throws Exception {
      double taken = start(way, at);
      bench.report().progress("%s: %.2f s".formatted(way.name(), taken));
      return taken;
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
