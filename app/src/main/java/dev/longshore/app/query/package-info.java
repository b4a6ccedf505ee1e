/** The command line: what people and scripts type, and what they read. */
@NullMarked
package dev.longshore.app.query;

import org.jspecify.annotations.NullMarked;
