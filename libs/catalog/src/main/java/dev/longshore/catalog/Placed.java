package dev.longshore.catalog;

import dev.longshore.events.State;

/**
 * The current record of a key, and its place in its topic.
 *
 * @param state the record
 * @param partition its partition
 * @param offset its offset there
 */
public record Placed<S extends State>(S state, int partition, long offset) {}
