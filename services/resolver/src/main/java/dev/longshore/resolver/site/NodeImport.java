package dev.longshore.resolver.site;

import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.IpfsNode;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** Gives blocks to the site's node. */
final class NodeImport {
  private static final Duration IMPORT = Duration.ofMinutes(2);

  private final IpfsNode node;
  private final SiteTelemetry telemetry;

  NodeImport(IpfsNode node, SiteTelemetry telemetry) {
    this.node = node;
    this.telemetry = telemetry;
  }

  void give(List<Block> blocks) throws IOException {
    if (!blocks.isEmpty()) {
      var _ =
          node.importCar(
              sink -> {
                for (Block block : blocks) {
                  sink.put(block.cid(), block.bytes(), 0, block.size());
                }
              },
              Deadline.after(IMPORT));
      telemetry.given(blocks.size());
    }
  }
}
