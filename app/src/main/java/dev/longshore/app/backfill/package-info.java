/** What a backfill would cost, before it begins. */
@NullMarked
package dev.longshore.app.backfill;

import org.jspecify.annotations.NullMarked;
