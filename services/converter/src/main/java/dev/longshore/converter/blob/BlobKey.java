package dev.longshore.converter.blob;

import dev.longshore.events.BlobState;
import dev.longshore.model.Digest;

/**
 * The key under which the result for a config or layer is kept.
 *
 * @param source digest at the source
 * @param transform {@link BlobState#NONE}, or the key of the transform
 */
public record BlobKey(Digest source, String transform) {
  /** The bytes as they are. */
  public static BlobKey asIs(Digest source) {
    return new BlobKey(source, BlobState.NONE);
  }
}
