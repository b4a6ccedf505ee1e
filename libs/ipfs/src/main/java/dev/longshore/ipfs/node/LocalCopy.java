package dev.longshore.ipfs.node;

/**
 * A complete copy of a DAG in one node's own store.
 *
 * @param blocks blocks, each once
 * @param bytes their bytes
 */
public record LocalCopy(long blocks, long bytes) {}
