/**
 * Gets the bytes of blobs and manifests through the resolver's own node and lets none out that was
 * not verified. Knows nothing of names, catalogs and HTTP.
 */
@NullMarked
package dev.longshore.resolver.content;

import org.jspecify.annotations.NullMarked;
