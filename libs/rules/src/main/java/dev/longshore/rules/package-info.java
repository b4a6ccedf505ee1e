/** Which rule an image falls under, and what it says: modes, platforms, tags, copies. */
@NullMarked
package dev.longshore.rules;

import org.jspecify.annotations.NullMarked;
