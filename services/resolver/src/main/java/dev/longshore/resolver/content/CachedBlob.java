package dev.longshore.resolver.content;

import java.nio.channels.FileChannel;

/**
 * An open file of the cache.
 *
 * @param state its state when opened
 * @param intact whether its bytes were recently verified in exactly this state
 */
record CachedBlob(FileChannel channel, FileState state, boolean intact) {}
