/** The few bytes-level encodings that CIDs, dag-pb, UnixFS and CAR share. */
@NullMarked
package dev.longshore.ipfs.wire;

import org.jspecify.annotations.NullMarked;
