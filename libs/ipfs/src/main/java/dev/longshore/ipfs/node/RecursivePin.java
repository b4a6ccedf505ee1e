package dev.longshore.ipfs.node;

import dev.longshore.model.Cid;

/**
 * A recursive pin.
 *
 * @param root the pinned root, with everything below
 * @param name given when it was pinned; empty for none
 */
public record RecursivePin(Cid root, String name) {}
