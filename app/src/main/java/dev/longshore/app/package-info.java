/** The launcher: one process with any of the services, and what a development run needs. */
@NullMarked
package dev.longshore.app;

import org.jspecify.annotations.NullMarked;
