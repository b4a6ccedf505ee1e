/** Images that a containerd holds, read straight out of its content store. */
@NullMarked
package dev.longshore.containerd;

import org.jspecify.annotations.NullMarked;
