/** UnixFS files and directories with the CIDs that Kubo gives them. */
@NullMarked
package dev.longshore.ipfs.unixfs;

import org.jspecify.annotations.NullMarked;
