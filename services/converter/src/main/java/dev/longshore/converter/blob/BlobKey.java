package dev.longshore.converter.blob;

import dev.longshore.events.BlobState;
import dev.longshore.model.Digest;

/**
 * What a config or layer is remembered by.
 *
 * @param source digest at the source
 * @param transform {@link BlobState#NONE}, or the key of what was made of it
 */
public record BlobKey(Digest source, String transform) {
  /** The bytes as they are. */
  public static BlobKey asIs(Digest source) {
    return new BlobKey(source, BlobState.NONE);
  }
}
