/** Side by side with the peers: what {@code longshore bench} measures and prints. */
@NullMarked
package dev.longshore.bench;

import org.jspecify.annotations.NullMarked;
