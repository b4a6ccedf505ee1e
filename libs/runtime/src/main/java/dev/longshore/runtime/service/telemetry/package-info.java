/** Logs and traces of the process: how they are set, made, carried between processes, sent out. */
@NullMarked
package dev.longshore.runtime.service.telemetry;

import org.jspecify.annotations.NullMarked;
