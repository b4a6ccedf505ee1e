package dev.longshore.bench.edge;

import dev.longshore.bench.Bar;
import dev.longshore.bench.BenchmarkReport;
import dev.longshore.bench.image.BigImage;
import dev.longshore.bench.image.FileTar;
import dev.longshore.bench.image.PythonImage;
import dev.longshore.bench.parts.LazyNode;
import dev.longshore.model.RepositoryName;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** A large image that a site does not keep, started there before most of it has come. */
final class LazyStart implements Row {
  private static final Bar RUNS = new Bar.AtMost(5);
  private static final Path FUSE = Path.of("/dev/fuse");
  private static final String TAG = "1";

  /** Beside Python and a JDK: together they are larger than 250 MB. A trial is without. */
  private static final int MORE_BYTES = 130_000_000;

  /** What the script prints; nerdctl prints how its pull goes. */
  private static final String TIME = "[0-9]+[.][0-9]+";

  private static final int BUFFER = 1 << 16;

  /** The site has heard of the name by then. */
  private static final Duration HEARD = Duration.ofSeconds(20);

  /** Says when it runs, and when it has read some more files. */
  private static final String SCRIPT =
      "import time; print(time.time(), flush=True); %s; print(time.time())"
          .formatted(PythonImage.script());

  @Override
  public String name() {
    return "lazy-start";
  }

  @Override
  public boolean lazy() {
    return true;
  }

  @Override
  public String keep() {
    return "on-demand";
  }

  @Override
  public void run(Rig rig) throws Exception {
    if (!Files.exists(FUSE)) {
      rig.bench().report().title("lazy-start: not measured, it needs " + FUSE);
      return;
    }
    Path folder = Files.createDirectories(rig.folder(name()));
    rig.bench().report().progress(name() + ": making an image ...");
    Path layout = folder.resolve("image");
    BigImage image =
        rig.bench().pairs() == 1
            ? PythonImage.write(layout)
            : PythonImage.write(layout, random(folder.resolve("more"), MORE_BYTES));
    RepositoryName repository = rig.name(this, "python");
    rig.push(image, repository, TAG);
    rig.awaitCopies(image, "estargz");
    try (Site site = rig.site(name(), FirstCopy.ROUND_TRIP);
        LazyNode node =
            LazyNode.startIn(rig.line().namespace(), rig.bench().tools(), folder.resolve("node"))) {
      rig.line().limit(FirstCopy.MEGABITS);
      TimeUnit.NANOSECONDS.sleep(HEARD.toNanos());
      LineBytes before = rig.line().count();
      double begin = seconds(Instant.now());
      String said =
          node.containerd()
              .nerdctl(
                  Map.of(),
                  "--snapshotter=stargz",
                  "run",
                  "--rm",
                  "--net=none",
                  "%s/%s:%s-estargz".formatted(site.address(), Rig.path(repository), TAG),
                  PythonImage.PROGRAM,
                  "-c",
                  SCRIPT);
      LineBytes all = rig.line().count().since(before);
      List<Double> times =
          said.lines().filter(line -> line.matches(TIME)).map(Double::parseDouble).toList();
      report(rig, image, times.getFirst() - begin, times.getLast() - begin, all);
    } finally {
      rig.line().unlimited();
    }
  }

  private static double seconds(Instant at) {
    return at.toEpochMilli() / 1e3;
  }

  private static FileTar random(Path file, int bytes) throws IOException {
    Random random = new Random(bytes);
    byte[] part = new byte[BUFFER];
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      for (int left = bytes; left > 0; left -= part.length) {
        random.nextBytes(part);
        out.write(part, 0, Math.min(left, part.length));
      }
    }
    return FileTar.of(List.of(file));
  }

  private static void report(Rig rig, BigImage image, double runs, double read, LineBytes all) {
    BenchmarkReport report = rig.bench().report();
    report.title(
        "lazy-start: %.0f MB that the site does not keep, as eStargz, %.0f Mbit/s, %d ms, by %s; one run"
            .formatted(
                image.bytes() / 1e6,
                FirstCopy.MEGABITS,
                FirstCopy.ROUND_TRIP.toMillis(),
                "nerdctl and the stargz snapshotter"));
    report.figure("until its process runs, s", runs, RUNS);
    report.line("  %-60s %.1f s".formatted("until it has done " + PythonImage.script(), read));
    report.line("  %-60s %,d bytes".formatted("over the line until its end", all.bytes()));
  }
}
