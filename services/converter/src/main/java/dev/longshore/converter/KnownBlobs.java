package dev.longshore.converter;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.BlobState;
import dev.longshore.ipfs.Cid;
import dev.longshore.ipfs.unixfs.DagLink;
import dev.longshore.oci.Digest;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What blobs became, as far as this process or {@code blobs} knows. A hint: only the peer can tell
 * whether the blocks are there.
 */
final class KnownBlobs {
  /** Blobs remembered from their import until their record can be read, and a while longer. */
  private static final int REMEMBERED = 10_000;

  private final Catalog catalog;
  private final Map<Digest, DagLink> imported = new LinkedHashMap<>();
  private final Set<Digest> distrusted = new HashSet<>();

  KnownBlobs(Catalog catalog) {
    this.catalog = catalog;
  }

  synchronized Optional<DagLink> find(Digest blob) {
    if (distrusted.contains(blob)) {
      return Optional.empty();
    }
    DagLink link = imported.get(blob);
    return link != null
        ? Optional.of(link)
        : catalog.blob(blob.toString(), BlobState.NONE).map(KnownBlobs::link);
  }

  synchronized void add(Digest blob, DagLink link) {
    distrusted.remove(blob);
    imported.put(blob, link);
    if (imported.size() > REMEMBERED) {
      imported.remove(imported.keySet().iterator().next());
    }
  }

  /** Blocks of the blob are missing on the peer: it is unknown until it is added again. */
  synchronized void forget(Digest blob) {
    imported.remove(blob);
    distrusted.add(blob);
  }

  private static DagLink link(BlobState state) {
    return new DagLink(Cid.parse(state.cid()), state.size(), state.dagSize(), state.blocks());
  }
}
