/** Fair turns where concurrency is limited. */
@NullMarked
package dev.longshore.runtime.service.turns;

import org.jspecify.annotations.NullMarked;
