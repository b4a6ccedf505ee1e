/** Senders of notifications: the form of each, and what it tells about images. */
@NullMarked
package dev.longshore.watcher.sender;

import org.jspecify.annotations.NullMarked;
