/** Whether the program works, asked of its real parts. */
@NullMarked
package dev.longshore.runtime.service.health;

import org.jspecify.annotations.NullMarked;
