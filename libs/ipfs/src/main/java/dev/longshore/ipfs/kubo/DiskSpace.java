package dev.longshore.ipfs.kubo;

/**
 * Room on a disk.
 *
 * @param freeBytes what may still be written
 * @param totalBytes what it holds when it is full
 */
public record DiskSpace(long freeBytes, long totalBytes) {}
