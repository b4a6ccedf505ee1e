/**
 * The settings of a program: one file, the environment and flags become closed, typed records, or a
 * list of everything that is wrong with them.
 */
@NullMarked
package dev.longshore.runtime.config;

import org.jspecify.annotations.NullMarked;
