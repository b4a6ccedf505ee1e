package dev.longshore.app.query;

import dev.longshore.app.query.find.Found.Conversion;
import dev.longshore.app.query.find.QueryException;
import dev.longshore.catalog.Catalog;
import dev.longshore.events.ImageState;
import dev.longshore.ipfs.IpfsDataException;
import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.model.MalformedCidException;
import dev.longshore.model.OciFormatException;
import dev.longshore.runtime.config.PeerSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What is inside of images, read from the peers that hold them. */
public final class InsideImages implements ForgetScope.Inside {
  private static final Duration BLOCK = Duration.ofSeconds(5);

  private final Catalog catalog;
  private final List<PeerSettings> peers;

  public InsideImages(Catalog catalog, List<PeerSettings> peers) {
    this.catalog = catalog;
    this.peers = List.copyOf(peers);
  }

  @Override
  public Set<Digest> blobs(ImageState image) throws QueryException {
    return sizes(image).keySet();
  }

  /** Bytes of all blobs of a converted image, manifests among them. */
  public Map<Digest, Long> sizes(ImageState image) throws QueryException {
    ImageDag dag = image.imageDag();
    Conversion conversion = Conversion.of(image, catalog);
    try {
      return LayoutLayers.sizes(dag.cid(), BlockPeers.of(conversion, peers), BLOCK);
    } catch (IOException | IpfsDataException | MalformedCidException | OciFormatException e) {
      throw new QueryException("image DAG %s: %s".formatted(dag, e.getMessage()), e);
    }
  }
}
