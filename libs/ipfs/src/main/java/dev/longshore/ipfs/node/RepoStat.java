package dev.longshore.ipfs.node;

/**
 * How full a node is.
 *
 * @param usedBytes what its repository takes
 * @param maxBytes its configured limit, which Kubo enforces only by garbage collection
 */
public record RepoStat(long usedBytes, long maxBytes) {}
