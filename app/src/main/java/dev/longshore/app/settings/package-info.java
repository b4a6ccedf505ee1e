/** The settings of a process: read, followed while it runs, and told of. */
@NullMarked
package dev.longshore.app.settings;

import org.jspecify.annotations.NullMarked;
