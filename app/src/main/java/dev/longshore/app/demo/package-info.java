/** One push from a real registry to three peers and back, and its time line. */
@NullMarked
package dev.longshore.app.demo;

import org.jspecify.annotations.NullMarked;
