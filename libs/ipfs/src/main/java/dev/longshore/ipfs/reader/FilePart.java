package dev.longshore.ipfs.reader;

import dev.longshore.model.Cid;

/**
 * A subtree of a file that was not read yet.
 *
 * @param size bytes of the file in it, as its parent says
 * @param depth links from the root
 */
record FilePart(Cid cid, long size, int depth) {}
