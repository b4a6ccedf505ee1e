/**
 * Gives each message to the step, in the order of its key, and makes records of what came of it:
 * its effects, a message that waits, a dead letter.
 */
@NullMarked
package dev.longshore.runtime.kafka.dispatch;

import org.jspecify.annotations.NullMarked;
