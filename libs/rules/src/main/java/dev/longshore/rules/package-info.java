/** Finds the rule for an image, with its modes, platforms, tags and copies. */
@NullMarked
package dev.longshore.rules;

import org.jspecify.annotations.NullMarked;
