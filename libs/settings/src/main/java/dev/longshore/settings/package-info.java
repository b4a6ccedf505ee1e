/**
 * Reads settings: turns one file, the environment and flags into closed, typed records, or a list
 * of every problem. The records' meaning is up to their owners.
 */
@NullMarked
package dev.longshore.settings;

import org.jspecify.annotations.NullMarked;
