package dev.longshore.bench.edge;

import dev.longshore.bench.Bar;
import dev.longshore.bench.BenchmarkReport;
import dev.longshore.bench.image.BigImage;
import dev.longshore.bench.image.LayerSpec;
import dev.longshore.bench.parts.LongshoreUp;
import dev.longshore.model.RepositoryName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Four nodes of a site that share a line, and want the same image at once. */
final class FourNodes implements Row {
  private static final Bar BYTES = new Bar.AtMost(1.03);
  private static final Bar LAST = new Bar.AtMost(1.3);
  private static final int NODES = 4;

  private static final int MIB = 1 << 20;

  private static final String TAG = "1";

  /** All nodes have heard of the name by then. */
  private static final Duration HEARD = Duration.ofSeconds(20);

  private static final Duration LOOK = Duration.ofMillis(50);
  private static final Duration LIMIT = Duration.ofMinutes(8);

  private final boolean pulled;

  private FourNodes(boolean pulled) {
    this.pulled = pulled;
  }

  /** Each has it pulled. */
  static FourNodes pulled() {
    return new FourNodes(true);
  }

  /** Each keeps it, as their rule says. */
  static FourNodes kept() {
    return new FourNodes(false);
  }

  @Override
  public String name() {
    return pulled ? "four-nodes" : "four-nodes-kept";
  }

  @Override
  public boolean lazy() {
    return false;
  }

  @Override
  public String keep() {
    return pulled ? "on-demand" : "every-node";
  }

  @Override
  public void run(Rig rig) throws Exception {
    BigImage image = BigImage.write(rig.folder(name()).resolve("image"), layers(pulled ? 1 : 11));
    RepositoryName repository = rig.name(this, "shared");
    List<Site> nodes = new ArrayList<>();
    try {
      rig.nodes(name(), NODES, FirstCopy.ROUND_TRIP, nodes);
      LongshoreUp.Mirrored mirrored;
      LineBytes before;
      List<Double> seconds;
      if (pulled) {
        rig.push(image, repository, TAG);
        mirrored = rig.awaitCopies(image, "plain");
        TimeUnit.NANOSECONDS.sleep(HEARD.toNanos());
        rig.line().limit(FirstCopy.MEGABITS);
        before = rig.line().count();
        long begin = System.nanoTime();
        seconds = each(nodes, begin, node -> pull(node, repository, image));
      } else {
        rig.line().limit(FirstCopy.MEGABITS);
        before = rig.line().count();
        rig.push(image, repository, TAG);
        long begin = FirstCopy.begun(rig, before);
        seconds = each(nodes, begin, node -> node.awaitHeld(1, LOOK, LIMIT));
        mirrored = rig.awaitCopies(image, "plain");
      }
      LineBytes all = rig.line().count().since(before);
      report(rig, rig.blockBytes(mirrored), all, seconds);
    } finally {
      nodes.forEach(Site::close);
      rig.line().unlimited();
    }
  }

  /** On the line for half a minute. */
  private static List<LayerSpec> layers(int seed) {
    return List.of(
        new LayerSpec(seed, 50 * MIB, LayerSpec.Texture.RANDOM),
        new LayerSpec(seed + 1, 22 * MIB, LayerSpec.Texture.RANDOM),
        new LayerSpec(seed + 2, MIB / 2, LayerSpec.Texture.RANDOM));
  }

  private static void pull(Site node, RepositoryName repository, BigImage image) throws Exception {
    var _ = node.read(Rig.path(repository), "manifests/" + TAG);
    var _ = Blobs.pull(node, repository, image);
  }

  /** What is done at each node. */
  @FunctionalInterface
  private interface Work {
    void at(Site node) throws Exception;
  }

  /** When each was done, the first one first. */
  private static List<Double> each(List<Site> nodes, long begin, Work work)
      throws InterruptedException, ExecutionException {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Double>> all = new ArrayList<>();
      for (Site node : nodes) {
        all.add(
            threads.submit(
                () -> {
                  work.at(node);
                  return (System.nanoTime() - begin) / 1e9;
                }));
      }
      List<Double> seconds = new ArrayList<>();
      for (Future<Double> one : all) {
        seconds.add(one.get());
      }
      return seconds.stream().sorted().toList();
    }
  }

  private void report(Rig rig, long blocks, LineBytes all, List<Double> seconds) {
    BenchmarkReport report = rig.bench().report();
    report.title(
        "%s: %d nodes of a site %s an image of %.1f MB of blocks, %.0f Mbit/s, %d ms; one run"
            .formatted(
                name(),
                NODES,
                pulled ? "pull" : "keep",
                blocks / 1e6,
                FirstCopy.MEGABITS,
                FirstCopy.ROUND_TRIP.toMillis()));
    Figures.bytes(report, "bytes over the line by the blocks'", all, blocks, BYTES);
    Figures.share(
        report,
        "time of the last node by that of the first",
        seconds.getLast() / seconds.getFirst(),
        LAST);
    report.line(
        "  %-60s %s; bytes / rate is %.1f s"
            .formatted(
                "  seconds of each",
                seconds.stream().map("%.1f"::formatted).toList(),
                8 * blocks / FirstCopy.MEGABITS / 1e6));
  }
}
