/** Writes the state of a key after reading it, from any process with the right to. */
@NullMarked
package dev.longshore.runtime.kafka.write;

import org.jspecify.annotations.NullMarked;
