/** Callers, their rights, and the repositories of these. */
@NullMarked
package dev.longshore.runtime.edge.rights;

import org.jspecify.annotations.NullMarked;
