/** Pins that hold blocks without being an image's: on small directories that say whose they are. */
@NullMarked
package dev.longshore.ipfs.hold;

import org.jspecify.annotations.NullMarked;
