/**
 * The records between Longshore's services: events in work topics, complete values in state topics.
 */
@NullMarked
package dev.longshore.events;

import org.jspecify.annotations.NullMarked;
