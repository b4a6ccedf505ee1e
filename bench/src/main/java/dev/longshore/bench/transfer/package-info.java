/** A layer to a peer at the end of a line, by Bitswap and as one stream of blocks. */
@NullMarked
package dev.longshore.bench.transfer;

import org.jspecify.annotations.NullMarked;
