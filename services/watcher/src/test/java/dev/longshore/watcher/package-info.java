@NullMarked
package dev.longshore.watcher;

import org.jspecify.annotations.NullMarked;
