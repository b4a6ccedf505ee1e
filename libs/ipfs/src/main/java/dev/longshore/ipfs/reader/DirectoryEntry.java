package dev.longshore.ipfs.reader;

import dev.longshore.model.Cid;

/**
 * An entry of a directory.
 *
 * @param name its name, without a shard's prefix
 * @param cid its target
 * @param dagSize bytes of all blocks below (Tsize), according to the directory; not checked
 */
public record DirectoryEntry(String name, Cid cid, long dagSize) {}
