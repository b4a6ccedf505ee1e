package dev.longshore.catalog;

import java.util.List;

/**
 * Up to where the topic of what names show was read.
 *
 * @param topic Kafka's id of the topic: one that was made anew has another
 * @param offsets the next offset to read of each partition
 */
public record ServedPlace(String topic, List<Long> offsets) {
  public ServedPlace {
    offsets = List.copyOf(offsets);
  }
}
