package dev.longshore.runtime.kafka.step;

import dev.longshore.events.Topic;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One message for a step.
 *
 * @param topic where it arrived; for a retried message the topic where it arrived first
 * @param partition its partition there
 * @param offset its offset there, which orders it among the messages of its key
 * @param key its key
 * @param id CloudEvents id; the same when the message comes again
 * @param appendedAt Kafka's clock when it was appended
 * @param body the event, or none when the step is only asked to look at the key again
 */
public record Message(
    Topic topic,
    int partition,
    long offset,
    String key,
    String id,
    Instant appendedAt,
    dev.longshore.events.@Nullable Event body) {}
