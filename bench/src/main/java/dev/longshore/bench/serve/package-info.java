/** Out of the resolver. */
@NullMarked
package dev.longshore.bench.serve;

import org.jspecify.annotations.NullMarked;
