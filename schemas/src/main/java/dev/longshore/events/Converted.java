package dev.longshore.events;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An image is whole on the ingest peer, which holds a recursive pin of its DAG.
 *
 * @param imageDag CID of the image DAG
 * @param root root CID, which nerdctl reads as {@code ipfs://CID}
 * @param digest source digest
 * @param recipe hex SHA-256 of the canonical recipe
 * @param mode plain, estargz, zstdchunked or encrypted
 * @param registry where the image was read
 * @param repository where the image was read
 * @param tag the tag whose push led here, if any
 * @param ingestPeer configured name of the peer that holds it
 * @param bytes sum of the blobs' sizes
 * @param copies verified copies that the rules ask for
 * @param convertedAt converter's clock
 */
public record Converted(
    String imageDag,
    String root,
    String digest,
    String recipe,
    String mode,
    String registry,
    String repository,
    @Nullable String tag,
    String ingestPeer,
    long bytes,
    int copies,
    Instant convertedAt)
    implements Event {
  @Override
  public String key() {
    return imageDag;
  }
}
