/** Which versions of repositories are still wanted, by the rules' retention. */
@NullMarked
package dev.longshore.catalog.retention;

import org.jspecify.annotations.NullMarked;
