/** Local files that can be rebuilt. */
@NullMarked
package dev.longshore.resolver.store;

import org.jspecify.annotations.NullMarked;
