/** Local files that can be made again. */
@NullMarked
package dev.longshore.resolver.store;

import org.jspecify.annotations.NullMarked;
