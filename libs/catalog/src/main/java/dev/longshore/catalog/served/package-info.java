/** What a name shows: the rules of it, over the catalog. */
@NullMarked
package dev.longshore.catalog.served;

import org.jspecify.annotations.NullMarked;
