/** Notifications that registries send. */
@NullMarked
package dev.longshore.bench.notify;

import org.jspecify.annotations.NullMarked;
