/** Topics, their keys, and the local store that follows the state topics. */
@NullMarked
package dev.longshore.catalog;

import org.jspecify.annotations.NullMarked;
