/** Whether the program works, checked at its real parts. */
@NullMarked
package dev.longshore.runtime.service.health;

import org.jspecify.annotations.NullMarked;
