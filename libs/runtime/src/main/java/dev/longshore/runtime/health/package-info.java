/** Whether the program works, asked of its real parts. */
@NullMarked
package dev.longshore.runtime.health;

import org.jspecify.annotations.NullMarked;
