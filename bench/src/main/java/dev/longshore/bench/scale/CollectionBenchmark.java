package dev.longshore.bench.scale;

import dev.longshore.bench.Bench;
import dev.longshore.bench.Benchmark;
import dev.longshore.bench.BenchmarkReport;
import dev.longshore.bench.measure.Median;
import dev.longshore.bench.parts.FreshKubo;
import dev.longshore.bench.parts.Shell;
import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.BlockSink;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.car.CarWriter;
import dev.longshore.ipfs.dagpb.PbLink;
import dev.longshore.ipfs.dagpb.PbNode;
import dev.longshore.ipfs.node.HeldImport;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/** How long a peer with many pins writes nothing while it collects its garbage. */
public final class CollectionBenchmark implements Benchmark {
  private static final int FILES = 100;
  private static final int PINS_IN_A_FILE = 1_000;
  private static final int BLOCK_BYTES = 1024;
  private static final int GARBAGE = 1_000;
  private static final int WRITES_BEFORE = 50;
  private static final Duration LIMIT = Duration.ofMinutes(5);

  private final Random random = new Random(1);

  @Override
  public String name() {
    return "collect";
  }

  @Override
  public void run(Bench bench) throws Exception {
    try (FreshKubo kubo = FreshKubo.start(bench.tools(), bench.folder().resolve("kubo-collect"))) {
      bench.report().progress("making %d pins ...".formatted(FILES * PINS_IN_A_FILE));
      pinMany(bench, kubo);
      List<Double> usual = new ArrayList<>();
      List<Double> longest = new ArrayList<>();
      List<Double> collections = new ArrayList<>();
      for (int i = 0; i < bench.pairs(); i++) {
        Round round = round(kubo.client());
        usual.add(round.usual());
        longest.add(round.longest());
        collections.add(round.collection());
        bench.report().progress("collection %d of %d".formatted(i + 1, bench.pairs()));
      }
      bench
          .report()
          .title("collect: a Kubo with %d pins of 1 KiB".formatted(FILES * PINS_IN_A_FILE));
      line(bench, "a collection of %d blocks, s".formatted(GARBAGE), collections);
      line(bench, "the longest write meanwhile, s", longest);
      line(bench, "a write at other times, s", usual);
    }
  }

  private static void line(Bench bench, String what, List<Double> seconds) {
    bench
        .report()
        .line("  %-44s %s".formatted(what, BenchmarkReport.median("%.3f", Median.of(seconds))));
  }

  private void pinMany(Bench bench, FreshKubo kubo) throws IOException, InterruptedException {
    Path car = bench.folder().resolve("collect.car");
    Path ipfs = bench.tools().path("ipfs");
    for (int i = 0; i < FILES; i++) {
      List<Block> blocks = blocks(PINS_IN_A_FILE);
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(car))) {
        put(blocks, new CarWriter(out, blocks.stream().map(Block::cid).toList()));
      }
      Shell.run(
          List.of(ipfs.toString(), "dag", "import", "--silent", car.toString()),
          kubo.environment());
    }
  }

  private record Round(double usual, double longest, double collection) {}

  private Round round(IpfsNode node) throws Exception {
    List<Block> garbage = blocks(GARBAGE);
    node.importCar(sink -> put(garbage, sink), within());
    List<Double> before = new ArrayList<>();
    for (int i = 0; i < WRITES_BEFORE; i++) {
      before.add(write(node));
    }
    var collecting = new AtomicBoolean(true);
    try (ExecutorService thread = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Double> writes =
          thread.submit(
              () -> {
                double longest = 0;
                while (collecting.get()) {
                  longest = Math.max(longest, write(node));
                }
                return longest;
              });
      long begun = System.nanoTime();
      node.collectGarbage(within());
      double collection = since(begun);
      collecting.set(false);
      return new Round(Median.of(before).value(), writes.get(), collection);
    }
  }

  /** A block, its pin, and the end of that. */
  private double write(IpfsNode node) throws IOException {
    long begun = System.nanoTime();
    Block block = blocks(1).getFirst();
    byte[] holder = new PbNode(List.of(new PbLink(block.cid(), "", 0)), null).encode();
    Block pinned = Block.verify(Cid.dagPb(sha256(holder)), holder);
    try (HeldImport held = node.importHeld(within(), within().remaining())) {
      put(List.of(block), held);
      held.hold(pinned);
    }
    node.unpinAll(List.of(pinned.cid()), within());
    return since(begun);
  }

  private List<Block> blocks(int count) {
    List<Block> blocks = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      byte[] bytes = new byte[BLOCK_BYTES];
      random.nextBytes(bytes);
      blocks.add(Block.verify(Cid.raw(sha256(bytes)), bytes));
    }
    return blocks;
  }

  private static byte[] sha256(byte[] bytes) {
    return HexFormat.of().parseHex(Digest.of(bytes).hex());
  }

  private static void put(List<Block> blocks, BlockSink sink) throws IOException {
    for (Block block : blocks) {
      sink.put(block.cid(), block.bytes(), 0, block.size());
    }
  }

  private static double since(long begun) {
    return (System.nanoTime() - begun) / 1e9;
  }

  private static Deadline within() {
    return Deadline.after(LIMIT);
  }
}
