/** Traces of the process: made, carried between processes, sent out. */
@NullMarked
package dev.longshore.runtime.telemetry;

import org.jspecify.annotations.NullMarked;
