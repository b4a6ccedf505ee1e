/** Files that are read again when they change. */
@NullMarked
package dev.longshore.runtime.files;

import org.jspecify.annotations.NullMarked;
