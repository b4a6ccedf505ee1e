package dev.longshore.bench.convert;

import dev.longshore.bench.measure.ProcessTree;
import dev.longshore.bench.measure.Sample;
import dev.longshore.bench.measure.Stopwatch;
import dev.longshore.bench.parts.FreshKubo;
import dev.longshore.bench.parts.Shell;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The floor: each blob from the registry through {@code ipfs add}, one after another. */
final class IpfsAdd {
  private final Path ipfs;

  IpfsAdd(Path ipfs) {
    this.ipfs = ipfs;
  }

  /**
   * The CIDs that it printed.
   *
   * @param cids in the order of the blobs
   */
  record Added(List<String> cids, Sample sample) {}

  Added add(List<String> urls, FreshKubo kubo, long bytes)
      throws IOException, InterruptedException {
    String script =
        "for url in %s; do curl -sSf \"$url\" | '%s' add --cid-version=1 -Q; done"
            .formatted(String.join(" ", urls), ipfs);
    Stopwatch watch = Stopwatch.start(ProcessTree.own());
    String printed = Shell.script(script, kubo.environment());
    return new Added(printed.lines().toList(), watch.sample(bytes));
  }
}
