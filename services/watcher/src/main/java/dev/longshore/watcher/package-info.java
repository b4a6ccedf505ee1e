/** Turns hints into facts about the source: observed images and tags. */
@NullMarked
package dev.longshore.watcher;

import org.jspecify.annotations.NullMarked;
