/** Pairs, medians, CPU time, memory, and what the machine is. */
@NullMarked
package dev.longshore.bench.measure;

import org.jspecify.annotations.NullMarked;
