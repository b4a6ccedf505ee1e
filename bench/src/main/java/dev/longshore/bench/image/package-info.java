/** Images made on the spot out of a seed. */
@NullMarked
package dev.longshore.bench.image;

import org.jspecify.annotations.NullMarked;
