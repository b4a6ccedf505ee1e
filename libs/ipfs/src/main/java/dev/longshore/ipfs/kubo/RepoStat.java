package dev.longshore.ipfs.kubo;

/**
 * How full a node is.
 *
 * @param usedBytes what its repository takes
 * @param maxBytes its configured limit, which Kubo enforces only by garbage collection
 */
public record RepoStat(long usedBytes, long maxBytes) {}
