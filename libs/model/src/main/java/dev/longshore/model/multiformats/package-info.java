/** Multibase, multihash and varint: what a CID is written with. */
@NullMarked
package dev.longshore.model.multiformats;

import org.jspecify.annotations.NullMarked;
