/** The state of external programs: which are paused, since when, and why. */
@NullMarked
package dev.longshore.runtime.service.endpoint;

import org.jspecify.annotations.NullMarked;
