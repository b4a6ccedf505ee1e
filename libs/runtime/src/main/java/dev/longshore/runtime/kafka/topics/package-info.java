/** The configuration of the topics, its check, and the rights to read and write them. */
@NullMarked
package dev.longshore.runtime.kafka.topics;

import org.jspecify.annotations.NullMarked;
