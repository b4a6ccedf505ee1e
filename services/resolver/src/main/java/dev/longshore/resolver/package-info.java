/** The resolver: a read-only registry over IPFS, and look-ups of what Longshore knows. */
@NullMarked
package dev.longshore.resolver;

import org.jspecify.annotations.NullMarked;
