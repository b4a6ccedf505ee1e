/** From a push to its copies. */
@NullMarked
package dev.longshore.bench.latency;

import org.jspecify.annotations.NullMarked;
