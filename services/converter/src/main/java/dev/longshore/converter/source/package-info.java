/** An image at its source: what it is made of, and why it may be none that can be converted. */
@NullMarked
package dev.longshore.converter.source;

import org.jspecify.annotations.NullMarked;
