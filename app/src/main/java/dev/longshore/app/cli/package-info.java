/** The command line: its arguments and its output. */
@NullMarked
package dev.longshore.app.cli;

import org.jspecify.annotations.NullMarked;
