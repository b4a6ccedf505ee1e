package dev.longshore.resolver.site;

import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.model.Cid;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Imports blocks into the site's node, and removes corrupt ones from it. */
final class NodeImport {
  private static final Logger LOG = LoggerFactory.getLogger(NodeImport.class);
  private static final Duration CALL = Duration.ofSeconds(30);
  private static final Duration IMPORT = Duration.ofMinutes(2);

  private final IpfsNode node;
  private final SiteTelemetry telemetry;

  NodeImport(IpfsNode node, SiteTelemetry telemetry) {
    this.node = node;
    this.telemetry = telemetry;
  }

  /** A pin of somebody else keeps it, rotten as it is: who reads it gets it anew. */
  void remove(Cid rotten) throws IOException {
    Optional<String> why = node.removeBlock(rotten, Deadline.after(CALL));
    LOG.warn(
        "block {} is rotten on the node's disk, and {}",
        rotten,
        why.map(its -> "stays: " + its).orElse("comes again"));
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
