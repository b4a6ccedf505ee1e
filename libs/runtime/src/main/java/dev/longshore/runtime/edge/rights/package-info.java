/** Who calls, what they may do, and in which repositories. */
@NullMarked
package dev.longshore.runtime.edge.rights;

import org.jspecify.annotations.NullMarked;
