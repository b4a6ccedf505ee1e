package dev.longshore.catalog;

/**
 * Where the current record of a key stands in its topic: another place, another record.
 *
 * @param key the record's
 * @param partition its partition
 * @param offset its offset there
 */
public record RecordPlace(String key, int partition, long offset) {}
