/** An image at its source: its structure, and the reasons why it may not be convertible. */
@NullMarked
package dev.longshore.converter.source;

import org.jspecify.annotations.NullMarked;
