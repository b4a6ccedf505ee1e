/** Blocks: values without I/O, and the errors that bad data gives. */
@NullMarked
package dev.longshore.ipfs;

import org.jspecify.annotations.NullMarked;
