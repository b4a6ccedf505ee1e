/** One process's copy of the state topics, in SQLite. */
@NullMarked
package dev.longshore.catalog;

import org.jspecify.annotations.NullMarked;
