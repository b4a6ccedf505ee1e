/** Images of a containerd, read from its content store. */
@NullMarked
package dev.longshore.containerd;

import org.jspecify.annotations.NullMarked;
