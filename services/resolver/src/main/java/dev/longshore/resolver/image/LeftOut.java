package dev.longshore.resolver.image;

import dev.longshore.model.Digest;

/**
 * Content that an image names and that is not there.
 *
 * @param digest of the content
 * @param what the image says of it, such as {@code the manifest for linux/arm64 of index sha256:…}
 */
public record LeftOut(Digest digest, String what) {}
