/** Logs and traces of the process: set-up, creation, propagation and export. */
@NullMarked
package dev.longshore.runtime.service.telemetry;

import org.jspecify.annotations.NullMarked;
