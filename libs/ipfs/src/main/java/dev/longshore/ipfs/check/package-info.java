/** The requirements that a Kubo node must meet. */
@NullMarked
package dev.longshore.ipfs.check;

import org.jspecify.annotations.NullMarked;
