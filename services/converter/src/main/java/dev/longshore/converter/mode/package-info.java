/** What is asked for of an image, by rule or by request, and what each mode makes of its parts. */
@NullMarked
package dev.longshore.converter.mode;

import org.jspecify.annotations.NullMarked;
