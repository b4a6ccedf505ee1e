package dev.longshore.resolver.content;

import java.nio.channels.FileChannel;

/**
 * An open file of the cache.
 *
 * @param state as it was opened
 * @param intact whether its bytes were found to be right in this very state, lately
 */
record CachedBlob(FileChannel channel, FileState state, boolean intact) {}
