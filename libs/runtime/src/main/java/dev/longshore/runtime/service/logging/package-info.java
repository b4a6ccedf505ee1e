/** How log lines are written: plain or JSON, with the trace they belong to and without secrets. */
@NullMarked
package dev.longshore.runtime.service.logging;

import org.jspecify.annotations.NullMarked;
