package dev.longshore.bench.transfer;

import dev.longshore.bench.Bar;
import dev.longshore.bench.Bench;
import dev.longshore.bench.BenchmarkReport;
import dev.longshore.bench.measure.Pairs;
import dev.longshore.bench.measure.Sample;
import dev.longshore.bench.parts.FreshKubo;
import dev.longshore.estargz.EstargzSettings;
import dev.longshore.estargz.EstargzWriter;
import dev.longshore.ipfs.kubo.SwarmKey;
import dev.longshore.ipfs.reader.BlockSet;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Two layers on a peer that has them in every form, and their way to others. */
final class Transfers {
  private static final int MOST_PAIRS = 5;

  /** Threshold and target of the leaves, KiB. */
  private static final int[][] LEAVES = {{4, 32}, {8, 64}, {16, 64}, {64, 64}};

  private final Bench bench;
  private final Path folder;
  private final SwarmKey key;
  private final FreshKubo sender;
  private final EstargzWriter writer;
  private final Path base;
  private final Path rebuilt;
  private final LayerDag fixed;
  private final LayerDag ours;

  Transfers(Bench bench, Path folder, SwarmKey key, FreshKubo sender, Path base, Path rebuilt)
      throws IOException {
    this.bench = bench;
    this.folder = folder;
    this.key = key;
    this.sender = sender;
    this.base = base;
    this.rebuilt = rebuilt;
    this.writer = new EstargzWriter(folder.resolve("spool"));
    this.fixed = LayerDag.fixed(base, sender.client());
    this.ours = lazy(base, EstargzSettings.DEFAULT);
    bench
        .report()
        .title(
            "transfer: a layer of %.0f MB in %d blocks of 256 KiB, as eStargz %.0f MB in %d"
                .formatted(
                    fixed.blocks().bytes() / 1e6,
                    fixed.blocks().blocks(),
                    ours.blocks().bytes() / 1e6,
                    ours.blocks().blocks()));
    bench
        .report()
        .line(
            "  without the pinner's look whether to carry: a few calls to the source, 16 at once to"
                + " the peer");
  }

  private LayerDag lazy(Path layer, EstargzSettings settings) throws IOException {
    return LayerDag.lazy(
        layer, writer, settings.leafThresholdBytes(), settings.leafTargetBytes(), sender.client());
  }

  private int pairs() {
    return Math.min(bench.pairs(), MOST_PAIRS);
  }

  void cold(Duration roundTrip, @Nullable Bar bar) throws Exception {
    String line = roundTrip.toMillis() + " ms: ";
    compare(line + "stream of blocks", roundTrip, ours, Receiver::carry, bar);
    compare(line + "our leaves by Bitswap", roundTrip, ours, Receiver::fetch, null);
    compare(line + "256 KiB leaves in a stream", roundTrip, fixed, Receiver::carry, null);
  }

  /** Against 256 KiB leaves over Bitswap. */
  private void compare(
      String what, Duration roundTrip, LayerDag dag, Receiver.Way way, @Nullable Bar bar)
      throws Exception {
    Pairs pairs =
        Pairs.measure(
            pairs(),
            1,
            () -> fresh(roundTrip, dag, way, null),
            () -> fresh(roundTrip, fixed, Receiver::fetch, null),
            bench.report()::progress);
    report(what, pairs, bar);
  }

  private void report(String what, Pairs pairs, @Nullable Bar bar) {
    if (bar == null) {
      bench
          .report()
          .line(
              "  %-44s %s x"
                  .formatted(
                      what + ", by 256 KiB/Bitswap",
                      BenchmarkReport.median("%.2f", pairs.timeRatio())));
    } else {
      bench.report().ratio(what + ", by 256 KiB/Bitswap", pairs.timeRatio(), bar);
    }
    bench.report().sides(pairs, "    " + what, "    256 KiB leaves by Bitswap");
  }

  /** Brings a layer to a peer that has another one already. */
  private Sample fresh(
      Duration roundTrip, LayerDag dag, Receiver.Way way, @Nullable LayerDag before)
      throws Exception {
    FreshKubo kubo = FreshKubo.startLasting(bench.tools(), folder.resolve("receiver"), key);
    try (Receiver receiver = Receiver.connect(kubo, sender, roundTrip)) {
      if (before != null) {
        receiver.carry(before);
      }
      return receiver.measure(dag, way);
    }
  }

  void rebuilt(Duration roundTrip, Bar bar) throws Exception {
    LayerDag ourNext = lazy(rebuilt, EstargzSettings.DEFAULT);
    LayerDag fixedNext = LayerDag.fixed(rebuilt, sender.client());
    Pairs pairs =
        Pairs.measure(
            pairs(),
            1,
            () -> fresh(roundTrip, ourNext, Receiver::fetch, ours),
            () -> fresh(roundTrip, fixedNext, Receiver::fetch, fixed),
            bench.report()::progress);
    report(roundTrip.toMillis() + " ms: rebuilt, our leaves", pairs, bar);
    BlockSet.Share share = ourNext.blocks().against(ours.blocks());
    bench
        .report()
        .line(
            "    new bytes: ours %.1f %%, 256 KiB leaves %.1f %%"
                .formatted(percent(share), percent(fixedNext.blocks().against(fixed.blocks()))));
  }

  /**
   * What each size of leaves costs and brings.
   *
   * @param touched the same layer, every time in it changed
   */
  void thresholds(Path touched, Duration far, Duration farther) throws Exception {
    for (int[] leaves : LEAVES) {
      LayerDag first = sized(base, leaves);
      LayerDag next = sized(rebuilt, leaves);
      LayerDag again = sized(touched, leaves);
      Sample stream = fresh(far, first, Receiver::carry, null);
      Sample bitswap = fresh(far, first, Receiver::fetch, null);
      Sample farStream = fresh(farther, first, Receiver::carry, null);
      Sample update = fresh(far, next, Receiver::fetch, first);
      bench
          .report()
          .line(
              "  threshold %2d, target %d KiB: %5d blocks, new when rebuilt %4.1f %%, when every time changed %4.1f %%; cold at %d ms %.2f s, by Bitswap %.2f s; at %d ms %.2f s; rebuilt at %d ms %.2f s"
                  .formatted(
                      leaves[0],
                      leaves[1],
                      first.blocks().blocks(),
                      percent(next.blocks().against(first.blocks())),
                      percent(again.blocks().against(first.blocks())),
                      far.toMillis(),
                      stream.seconds(),
                      bitswap.seconds(),
                      farther.toMillis(),
                      farStream.seconds(),
                      far.toMillis(),
                      update.seconds()));
    }
  }

  private LayerDag sized(Path layer, int[] kib) throws IOException {
    return LayerDag.lazy(layer, writer, kib[0] << 10, kib[1] << 10, sender.client());
  }

  private static double percent(BlockSet.Share share) {
    return 100.0 * share.newBytes() / (share.newBytes() + share.sharedBytes());
  }
}
