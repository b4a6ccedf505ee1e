/**
 * Gets the bytes of blobs and manifests through the site's node, and gives out only verified ones.
 * Knows nothing about names, catalogs and HTTP.
 */
@NullMarked
package dev.longshore.resolver.content;

import org.jspecify.annotations.NullMarked;
