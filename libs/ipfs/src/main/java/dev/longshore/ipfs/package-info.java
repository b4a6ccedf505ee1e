/** Blocks as values without I/O, and errors for bad data. */
@NullMarked
package dev.longshore.ipfs;

import org.jspecify.annotations.NullMarked;
