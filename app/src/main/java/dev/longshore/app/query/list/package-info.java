/** Peers, sites and guards as commands and the operations page list them. */
@NullMarked
package dev.longshore.app.query.list;

import org.jspecify.annotations.NullMarked;
