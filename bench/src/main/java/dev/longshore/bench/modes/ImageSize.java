package dev.longshore.bench.modes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.ByteRange;
import dev.longshore.ipfs.node.Content;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.node.Reach;
import dev.longshore.model.Cid;
import java.io.IOException;
import java.time.Duration;

/** How large an image on IPFS is, by its own manifest. */
final class ImageSize {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final String SCHEME = "ipfs://";

  private ImageSize() {}

  /**
   * Bytes of all layers.
   *
   * @param root of an image for one platform
   */
  static long of(IpfsNode node, String root) throws IOException, KuboException {
    JsonNode top = read(node, root.strip());
    String url = top.path("urls").path(0).asText();
    JsonNode manifest = read(node, url.substring(SCHEME.length()));
    long bytes = 0;
    for (JsonNode layer : manifest.path("layers")) {
      bytes += layer.path("size").asLong();
    }
    if (bytes == 0) {
      throw new IOException("no layers in the manifest of " + root + ": " + manifest);
    }
    return bytes;
  }

  private static JsonNode read(IpfsNode node, String cid) throws IOException, KuboException {
    try (Content content =
        node.open(
            Cid.parse(cid),
            "",
            new ByteRange(0, Long.MAX_VALUE),
            Reach.LOCAL,
            Deadline.after(LIMIT))) {
      return JSON.readTree(content.stream());
    }
  }
}
