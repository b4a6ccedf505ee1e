/** What the resolver's tests stand on: mirrored images, a catalog, an edge in memory. */
@NullMarked
package dev.longshore.resolver.testing;

import org.jspecify.annotations.NullMarked;
