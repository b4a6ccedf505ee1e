/** Writes the state of a key after reading it, from any process that has the right to. */
@NullMarked
package dev.longshore.runtime.kafka.write;

import org.jspecify.annotations.NullMarked;
