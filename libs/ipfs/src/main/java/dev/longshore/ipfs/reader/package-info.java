/** Reads files and directories from blocks, each checked against its CID. */
@NullMarked
package dev.longshore.ipfs.reader;

import org.jspecify.annotations.NullMarked;
