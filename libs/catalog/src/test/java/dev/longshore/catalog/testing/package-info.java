/** Sample states, a source in memory, and a real Kafka for integration tests. */
@NullMarked
package dev.longshore.catalog.testing;

import org.jspecify.annotations.NullMarked;
