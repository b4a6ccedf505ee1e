/** One config or layer: its transform while it streams, and the result. */
@NullMarked
package dev.longshore.converter.blob;

import org.jspecify.annotations.NullMarked;
