/** One config or layer: what a mode makes of it while it streams, and what it became. */
@NullMarked
package dev.longshore.converter.blob;

import org.jspecify.annotations.NullMarked;
