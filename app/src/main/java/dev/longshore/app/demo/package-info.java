/** One push from a real registry to three peers and back, and the time line of it. */
@NullMarked
package dev.longshore.app.demo;

import org.jspecify.annotations.NullMarked;
