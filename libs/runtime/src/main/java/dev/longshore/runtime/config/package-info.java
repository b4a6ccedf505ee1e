/** What Longshore's programs are told about Kafka, registries, peers, listeners and logs. */
@NullMarked
package dev.longshore.runtime.config;

import org.jspecify.annotations.NullMarked;
