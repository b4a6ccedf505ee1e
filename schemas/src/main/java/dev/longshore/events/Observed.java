package dev.longshore.events;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A manifest or index that the source really holds.
 *
 * @param registry registry host as names carry it, such as {@code docker.io}
 * @param repository repository below the registry
 * @param tag the tag that pointed to the digest; none when it was looked up by digest
 * @param digest digest of the manifest or index
 * @param mediaType media type of the manifest or index
 * @param size bytes of the manifest or index
 * @param origin what led to the look
 * @param hintedAt receiver's clock at the hint
 * @param observedAt watcher's clock at the look
 * @param request what the user asked for, if this push was asked for
 */
public record Observed(
    String registry,
    String repository,
    @Nullable String tag,
    String digest,
    String mediaType,
    long size,
    Origin origin,
    Instant hintedAt,
    Instant observedAt,
    @Nullable ConversionRequest request)
    implements Event {
  @Override
  public String key() {
    return TagState.key(registry, repository, tag, digest);
  }
}
