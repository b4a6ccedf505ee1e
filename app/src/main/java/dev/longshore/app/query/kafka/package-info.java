/** Clients of Kafka for questions about its present state. */
@NullMarked
package dev.longshore.app.query.kafka;

import org.jspecify.annotations.NullMarked;
