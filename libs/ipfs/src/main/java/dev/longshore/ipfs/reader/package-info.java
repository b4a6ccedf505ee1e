/** Files and directories read out of blocks that are each checked against their CID. */
@NullMarked
package dev.longshore.ipfs.reader;

import org.jspecify.annotations.NullMarked;
