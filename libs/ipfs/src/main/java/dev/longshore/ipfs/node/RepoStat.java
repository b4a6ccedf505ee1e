package dev.longshore.ipfs.node;

/**
 * A node's disk usage.
 *
 * @param usedBytes size of its repository
 * @param maxBytes its configured limit, which Kubo enforces only by garbage collection
 */
public record RepoStat(long usedBytes, long maxBytes) {}
