/**
 * Gives each message to the step, in order for its key, and turns the result into records: effects,
 * a parked message, a dead letter.
 */
@NullMarked
package dev.longshore.runtime.kafka.dispatch;

import org.jspecify.annotations.NullMarked;
