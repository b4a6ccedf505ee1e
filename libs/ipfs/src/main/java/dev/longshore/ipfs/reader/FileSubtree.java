package dev.longshore.ipfs.reader;

import dev.longshore.model.Cid;

/**
 * An unread subtree of a file.
 *
 * @param size bytes of the file in it, according to its parent
 * @param depth links from the root
 */
record FileSubtree(Cid cid, long size, int depth) {}
