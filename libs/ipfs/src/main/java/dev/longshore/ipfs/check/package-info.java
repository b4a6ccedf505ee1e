/** What a Kubo node must be like before Longshore works with it. */
@NullMarked
package dev.longshore.ipfs.check;

import org.jspecify.annotations.NullMarked;
