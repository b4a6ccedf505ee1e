/** The part of protobuf that dag-pb and UnixFS are written in. */
@NullMarked
package dev.longshore.ipfs.wire;

import org.jspecify.annotations.NullMarked;
