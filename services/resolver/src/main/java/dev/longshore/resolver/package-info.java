/** The resolver: a read-only registry over IPFS, and look-ups in what Longshore knows. */
@NullMarked
package dev.longshore.resolver;

import org.jspecify.annotations.NullMarked;
