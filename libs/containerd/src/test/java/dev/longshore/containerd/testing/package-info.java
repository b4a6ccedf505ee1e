/** A containerd in memory, a real one, and what both of them do. */
@NullMarked
package dev.longshore.containerd.testing;

import org.jspecify.annotations.NullMarked;
