/** What goes wrong outside, at moments that a seed gives, and that nothing is lost by it. */
@NullMarked
package dev.longshore.app.faults;

import org.jspecify.annotations.NullMarked;
