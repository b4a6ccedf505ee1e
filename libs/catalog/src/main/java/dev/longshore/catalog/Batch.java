package dev.longshore.catalog;

import java.util.List;
import java.util.Map;

/**
 * What one look at Kafka brought: its records and how far that look got, kept together or not at
 * all.
 *
 * @param records in the order of their offsets within each partition
 * @param positions the offset to read next, for each partition that went on
 */
public record Batch(List<CatalogRecord> records, Map<Partition, Long> positions) {
  public Batch {
    records = List.copyOf(records);
    positions = Map.copyOf(positions);
  }
}
