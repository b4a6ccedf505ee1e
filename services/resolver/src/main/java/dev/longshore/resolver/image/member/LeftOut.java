package dev.longshore.resolver.image.member;

import dev.longshore.model.Digest;

/**
 * Content that an image names but lacks.
 *
 * @param digest digest of the content
 * @param what description from the image, such as {@code the manifest for linux/arm64 of index
 *     sha256:…}
 */
public record LeftOut(Digest digest, String what) {}
