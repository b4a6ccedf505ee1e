package dev.longshore.events;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.model.ModeName;
import dev.longshore.model.PeerName;
import dev.longshore.model.Recipe;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.RootCid;
import dev.longshore.model.Tag;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An image is whole on the ingest peer, which holds a recursive pin of its DAG.
 *
 * @param imageDag the image DAG
 * @param root root CID, which nerdctl reads as {@code ipfs://CID}
 * @param digest source digest
 * @param recipe its recipe
 * @param mode plain, estargz, zstdchunked or encrypted
 * @param name where the image was read
 * @param tag the tag whose push led here, if any
 * @param ingestPeer configured name of the peer that holds it
 * @param bytes sum of the blobs' sizes
 * @param copies verified copies wanted by the rules
 * @param convertedAt converter's clock
 */
public record Converted(
    ImageDag imageDag,
    RootCid root,
    Digest digest,
    Recipe recipe,
    ModeName mode,
    @JsonUnwrapped RepositoryName name,
    @Nullable Tag tag,
    PeerName ingestPeer,
    long bytes,
    int copies,
    Instant convertedAt)
    implements Event {
  /** The tag, or the digest if there is none, to match against tag rules. */
  public String selector() {
    return tag == null ? digest.toString() : tag.text();
  }

  @Override
  public String key() {
    return PinState.key(imageDag);
  }
}
