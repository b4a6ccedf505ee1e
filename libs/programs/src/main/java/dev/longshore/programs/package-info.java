/** Starts, waits for and stops programs, and has the settings of those that Longshore stands on. */
@NullMarked
package dev.longshore.programs;

import org.jspecify.annotations.NullMarked;
