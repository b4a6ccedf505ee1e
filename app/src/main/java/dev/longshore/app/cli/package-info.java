/** The command line: what people and scripts type, and what they read. */
@NullMarked
package dev.longshore.app.cli;

import org.jspecify.annotations.NullMarked;
