/**
 * What travels between Longshore's services: events on work topics, complete values on state
 * topics.
 */
@NullMarked
package dev.longshore.events;

import org.jspecify.annotations.NullMarked;
