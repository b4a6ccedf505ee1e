/** What a rule or a request wants from an image, and how each mode converts its parts. */
@NullMarked
package dev.longshore.converter.mode;

import org.jspecify.annotations.NullMarked;
