package dev.longshore.events;

import java.time.Instant;

/**
 * A permanent failure: only a new push or {@code longshore replay} changes it.
 *
 * @param key key of the event that could not be handled
 * @param stage observe, convert or pin
 * @param reason a stable code such as DIGEST_MISMATCH
 * @param message what was tried, on what, the answer, and what to do
 * @param topic unprefixed topic of the event
 * @param partition its partition
 * @param offset its offset
 * @param failedAt the service's clock
 */
public record Failed(
    String key,
    String stage,
    String reason,
    String message,
    String topic,
    int partition,
    long offset,
    Instant failedAt)
    implements Event {}
