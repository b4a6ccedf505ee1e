package dev.longshore.catalog;

import java.util.List;
import java.util.Map;

/**
 * The result of one poll: records and positions, stored together or not at all.
 *
 * @param records in the order of their offsets within each partition
 * @param positions the next offset to read, for each partition that advanced
 */
public record Batch(List<CatalogRecord> records, Map<Partition, Long> positions) {
  public Batch {
    records = List.copyOf(records);
    positions = Map.copyOf(positions);
  }
}
