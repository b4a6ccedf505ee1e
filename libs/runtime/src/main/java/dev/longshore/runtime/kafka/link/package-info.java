/** Closed links to Kafka whose certificates and logins follow their files. */
@NullMarked
package dev.longshore.runtime.kafka.link;

import org.jspecify.annotations.NullMarked;
