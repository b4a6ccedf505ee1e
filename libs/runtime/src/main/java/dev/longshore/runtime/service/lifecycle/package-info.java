/** How the parts of a program start in order, and stop in the reverse order within a time. */
@NullMarked
package dev.longshore.runtime.service.lifecycle;

import org.jspecify.annotations.NullMarked;
