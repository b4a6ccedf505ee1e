/** From a hint to what the source really holds: hints in, observed images and tag pointers out. */
@NullMarked
package dev.longshore.watcher;

import org.jspecify.annotations.NullMarked;
