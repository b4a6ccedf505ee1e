package dev.longshore.watcher;

import dev.longshore.events.ConversionRequest;
import dev.longshore.model.Digest;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A place to look, from a hint.
 *
 * @param name the repository
 * @param tag the tag that may have moved, if the hint names one
 * @param digest the digest that may have arrived, if the hint names one
 * @param deletion whether the hint says that the tag was deleted
 * @param at when it happened, by the sender's clock, if the hint says so
 * @param request the user's request, if a user asked for this look
 */
record HintTarget(
    RepositoryName name,
    @Nullable Tag tag,
    @Nullable Digest digest,
    boolean deletion,
    @Nullable Instant at,
    @Nullable ConversionRequest request) {
  /** The same without a request: the image's rule decides. */
  HintTarget unasked() {
    return new HintTarget(name, tag, digest, deletion, at, null);
  }

  /** A target for a tag that seems to be gone. */
  HintTarget asDeletion() {
    return new HintTarget(name, tag, digest, true, at, request);
  }
}
