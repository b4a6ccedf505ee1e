package dev.longshore.ipfs.node;

import dev.longshore.model.Cid;

/**
 * A recursive pin.
 *
 * @param root what is pinned, with all below
 * @param name given when it was pinned; empty for none
 */
public record Pin(Cid root, String name) {}
