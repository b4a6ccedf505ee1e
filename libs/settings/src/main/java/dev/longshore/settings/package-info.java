/**
 * Reads settings: one file, the environment and flags become closed, typed records, or a list of
 * everything that is wrong with them. What the records are about is their owners' business.
 */
@NullMarked
package dev.longshore.settings;

import org.jspecify.annotations.NullMarked;
