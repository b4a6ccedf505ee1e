package dev.longshore.converter.ingest;

import dev.longshore.catalog.Catalog;
import dev.longshore.converter.blob.BlobKey;
import dev.longshore.converter.blob.StoredBlob;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The results for blobs, as far as this process or {@code blobs} knows. A hint only: the peer alone
 * can say whether the blocks are there.
 */
final class KnownBlobs {
  /** Blobs kept from their import until their record can be read, and a while longer. */
  private static final int REMEMBERED = 10_000;

  private final Catalog catalog;
  private final Map<BlobKey, StoredBlob> imported = new LinkedHashMap<>();
  private final Set<BlobKey> distrusted = new HashSet<>();

  KnownBlobs(Catalog catalog) {
    this.catalog = catalog;
  }

  /**
   * Whether the peer has it as far as anybody noted: this process brought it, or its record says
   * so.
   */
  synchronized boolean isAt(BlobKey blob, String peer) {
    return !distrusted.contains(blob)
        && (imported.containsKey(blob)
            || catalog
                .conversions()
                .blob(blob.source(), blob.transform())
                .filter(known -> known.ingestPeer().text().equals(peer))
                .isPresent());
  }

  synchronized Optional<StoredBlob> find(BlobKey blob) {
    if (distrusted.contains(blob)) {
      return Optional.empty();
    }
    StoredBlob stored = imported.get(blob);
    return stored != null
        ? Optional.of(stored)
        : catalog.conversions().blob(blob.source(), blob.transform()).flatMap(StoredBlob::of);
  }

  /**
   * Keeps the result and returns the one that counts, the first: so a layer encrypted twice at the
   * same time is one blob.
   */
  synchronized StoredBlob add(BlobKey blob, StoredBlob stored) {
    Optional<StoredBlob> first = find(blob);
    if (first.isPresent()) {
      return first.get();
    }
    distrusted.remove(blob);
    imported.put(blob, stored);
    if (imported.size() > REMEMBERED) {
      imported.remove(imported.keySet().iterator().next());
    }
    return stored;
  }

  /** Forgets a blob with missing blocks until it is added again. */
  synchronized void forget(BlobKey blob) {
    imported.remove(blob);
    distrusted.add(blob);
  }
}
