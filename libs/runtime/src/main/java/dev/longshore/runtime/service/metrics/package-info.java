/** The metrics of the process as Prometheus reads them. */
@NullMarked
package dev.longshore.runtime.service.metrics;

import org.jspecify.annotations.NullMarked;
