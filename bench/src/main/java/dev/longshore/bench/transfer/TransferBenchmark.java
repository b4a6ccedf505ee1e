package dev.longshore.bench.transfer;

import dev.longshore.bench.Bar;
import dev.longshore.bench.Bench;
import dev.longshore.bench.Benchmark;
import dev.longshore.bench.image.BigImage;
import dev.longshore.bench.image.FileTar;
import dev.longshore.bench.parts.FreshKubo;
import dev.longshore.ipfs.kubo.SwarmKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A layer of this machine's Python, Perl and Git to a peer at the end of a line: as eStargz in our
 * leaves and as it is in leaves of 256 KiB, by Bitswap and as one stream of blocks; and the same
 * layer rebuilt with a package more, to a peer that has the first.
 */
public final class TransferBenchmark implements Benchmark {
  private static final Duration NEAR = Duration.ZERO;
  private static final Duration FAR = Duration.ofMillis(20);
  private static final Duration FARTHER = Duration.ofMillis(100);

  @Override
  public String name() {
    return "transfer";
  }

  @Override
  public void run(Bench bench) throws Exception {
    Path folder = Files.createDirectories(bench.folder().resolve(name()));
    bench.report().progress("making layers of this machine's Python, Perl and Git ...");
    Path base = layer(folder.resolve("base"), folders(), FileTar.Touched.NOTHING);
    Path touched = layer(folder.resolve("touched"), folders(), FileTar.Touched.ALL);
    List<Path> more = new ArrayList<>(List.of(Path.of("/usr/share/perl5")));
    more.addAll(folders());
    Path rebuilt = layer(folder.resolve("rebuilt"), more, FileTar.Touched.NOTHING);
    SwarmKey key = SwarmKey.generate(new SecureRandom());
    try (FreshKubo sender = FreshKubo.start(bench.tools(), folder.resolve("sender"), key)) {
      var transfers = new Transfers(bench, folder, key, sender, base, rebuilt);
      transfers.cold(NEAR, new Bar.AtMost(3));
      transfers.cold(FAR, new Bar.AtMost(2));
      transfers.cold(FARTHER, null);
      transfers.rebuilt(FAR, new Bar.AtMost(0.4));
      transfers.thresholds(touched, FAR, FARTHER);
    }
  }

  private static List<Path> folders() throws IOException {
    List<Path> folders = new ArrayList<>();
    try (Stream<Path> lib = Files.list(Path.of("/usr/lib"))) {
      lib.filter(path -> path.getFileName().toString().matches("python3.*|git-core"))
          .filter(Files::isDirectory)
          .sorted()
          .forEach(folders::add);
    }
    folders.add(Path.of("/usr/share/perl"));
    return folders.stream().filter(Files::isDirectory).toList();
  }

  private static Path layer(Path folder, List<Path> folders, FileTar.Touched touched)
      throws IOException {
    List<Path> there = folders.stream().filter(Files::isDirectory).toList();
    FileTar files = FileTar.below(there, _ -> true).touching(touched);
    BigImage image = BigImage.writeFiles(folder, List.of(files));
    return folder
        .resolve("blobs/sha256")
        .resolve(image.manifest().layers().getFirst().digest().hex());
  }
}
