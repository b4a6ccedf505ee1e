/** Log lines: plain or JSON, with their trace and without secrets. */
@NullMarked
package dev.longshore.runtime.service.logging;

import org.jspecify.annotations.NullMarked;
