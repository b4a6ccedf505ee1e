package dev.longshore.ipfs.node;

/**
 * What an import brought to a node, as both sides counted it.
 *
 * @param blocks sections of the CAR, repeated blocks counted again
 * @param blockBytes their bytes
 */
public record ImportStats(long blocks, long blockBytes) {}
