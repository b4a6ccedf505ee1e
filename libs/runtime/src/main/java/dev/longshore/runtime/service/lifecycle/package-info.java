/** Starts the parts of a program in order, and stops them in reverse order within a time limit. */
@NullMarked
package dev.longshore.runtime.service.lifecycle;

import org.jspecify.annotations.NullMarked;
