/** Who is next where only so many may work at once. */
@NullMarked
package dev.longshore.runtime.service.turns;

import org.jspecify.annotations.NullMarked;
