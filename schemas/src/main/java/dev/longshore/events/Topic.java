package dev.longshore.events;

import java.util.Locale;

/** Longshore's Kafka topics; each has {@link #PARTITIONS} partitions, for ever. */
public enum Topic {
  HINTS(Retention.BY_TIME),
  OBSERVED(Retention.BY_TIME),
  CONVERTED(Retention.BY_TIME),
  FAILED(Retention.BY_TIME),
  RETRY(Retention.BY_TIME),
  DEAD(Retention.BY_TIME),
  TAGS(Retention.COMPACTED),
  IMAGES(Retention.COMPACTED),
  BLOBS(Retention.COMPACTED),
  PINS(Retention.COMPACTED),
  AUDIT(Retention.BY_TIME);

  /** Partitions of every topic; a change would move keys. */
  public static final int PARTITIONS = 12;

  private final Retention retention;

  Topic(Retention retention) {
    this.retention = retention;
  }

  /** The topic for records of this type. */
  public static Topic of(LongshoreRecord record) {
    return switch (record) {
      case Hint _ -> HINTS;
      case Observed _ -> OBSERVED;
      case Converted _ -> CONVERTED;
      case Failed _ -> FAILED;
      case TagState _ -> TAGS;
      case ImageState _ -> IMAGES;
      case BlobState _ -> BLOBS;
      case PinState _ -> PINS;
      case Audited _ -> AUDIT;
    };
  }

  /** How the topic's records are deleted. */
  public Retention retention() {
    return retention;
  }

  /** The topic's name in Kafka. */
  public String name(String prefix) {
    return prefix + name().toLowerCase(Locale.ROOT);
  }

  /** Work topics delete by time, state topics keep the last record of each key. */
  public enum Retention {
    BY_TIME,
    COMPACTED
  }
}
