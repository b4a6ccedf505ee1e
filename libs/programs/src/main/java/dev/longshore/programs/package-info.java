/**
 * Starts, waits for and stops programs, and writes the settings of those that Longshore depends on.
 */
@NullMarked
package dev.longshore.programs;

import org.jspecify.annotations.NullMarked;
