package dev.longshore.runtime.kafka.step;

import dev.longshore.events.Topic;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One message for a step.
 *
 * @param topic where it arrived; for a retried message the topic where it first arrived
 * @param partition its partition there
 * @param offset its offset there, which orders it among the messages of its key
 * @param key its key
 * @param id CloudEvents id; the same if the message comes again
 * @param appendedAt Kafka's clock when it was appended
 * @param body the event, or null for a request to look at the key again
 */
public record Message(
    Topic topic,
    int partition,
    long offset,
    String key,
    String id,
    Instant appendedAt,
    dev.longshore.events.@Nullable Event body) {}
