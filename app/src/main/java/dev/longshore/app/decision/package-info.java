/** What people decide, for commands and the operations page alike. */
@NullMarked
package dev.longshore.app.decision;

import org.jspecify.annotations.NullMarked;
