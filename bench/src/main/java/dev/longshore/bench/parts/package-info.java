/** Real programs that a benchmark starts for itself. */
@NullMarked
package dev.longshore.bench.parts;

import org.jspecify.annotations.NullMarked;
