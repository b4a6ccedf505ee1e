package dev.longshore.ipfs.reader;

import dev.longshore.model.Cid;

/**
 * An entry of a directory.
 *
 * @param name its name, without a shard's prefix
 * @param cid what it leads to
 * @param dagSize bytes of all blocks below (Tsize), as the directory says; not checked
 */
public record DirectoryEntry(String name, Cid cid, long dagSize) {}
