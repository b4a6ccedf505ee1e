/** CARv1, streamed both ways. */
@NullMarked
package dev.longshore.ipfs.car;

import org.jspecify.annotations.NullMarked;
