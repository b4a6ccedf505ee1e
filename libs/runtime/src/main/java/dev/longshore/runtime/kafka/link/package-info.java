/** The Kafka cluster, and closed links to it whose certificates and logins follow their files. */
@NullMarked
package dev.longshore.runtime.kafka.link;

import org.jspecify.annotations.NullMarked;
