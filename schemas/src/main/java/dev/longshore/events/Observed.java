package dev.longshore.events;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.longshore.model.Digest;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A manifest or index that the source is known to hold.
 *
 * @param name the repository
 * @param tag the tag that pointed to the digest; null if looked up by digest
 * @param digest digest of the manifest or index
 * @param mediaType media type of the manifest or index
 * @param size bytes of the manifest or index
 * @param origin what led to the look
 * @param hintedAt receiver's clock at the hint
 * @param observedAt watcher's clock at the look
 * @param request what the user asked for, if this push was asked for
 */
public record Observed(
    @JsonUnwrapped RepositoryName name,
    @Nullable Tag tag,
    Digest digest,
    String mediaType,
    long size,
    Origin origin,
    Instant hintedAt,
    Instant observedAt,
    @Nullable ConversionRequest request)
    implements Event {
  /** The tag, or the digest if there is none, to match against tag rules. */
  public String selector() {
    return tag == null ? digest.toString() : tag.text();
  }

  @Override
  public String key() {
    return tag == null ? TagState.key(name, digest) : TagState.key(name, tag);
  }
}
