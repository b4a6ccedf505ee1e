/** The real programs that a development run starts: Kafka, Kubo, a registry. */
@NullMarked
package dev.longshore.app.parts;

import org.jspecify.annotations.NullMarked;
