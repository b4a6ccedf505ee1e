/** How the topics are set up, whether they are, and who may read and write them. */
@NullMarked
package dev.longshore.runtime.kafka.topics;

import org.jspecify.annotations.NullMarked;
