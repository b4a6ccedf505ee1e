package dev.longshore.watcher;

import dev.longshore.events.ConversionRequest;
import dev.longshore.model.Digest;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import org.jspecify.annotations.Nullable;

/**
 * Where a hint says to look.
 *
 * @param name the repository
 * @param tag the tag that may have moved, if the hint names one
 * @param digest what may have arrived, if the hint says
 * @param deletion whether the hint says that the tag is gone
 * @param request what the user asked for, if this look was asked for
 */
record HintTarget(
    RepositoryName name,
    @Nullable Tag tag,
    @Nullable Digest digest,
    boolean deletion,
    @Nullable ConversionRequest request) {
  /** The same for nobody in particular: what becomes of the image is for its rule to say. */
  HintTarget unasked() {
    return new HintTarget(name, tag, digest, deletion, null);
  }

  /** A look for a tag that seems to be gone. */
  HintTarget asDeletion() {
    return new HintTarget(name, tag, digest, true, request);
  }
}
