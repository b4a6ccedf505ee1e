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
  COPIES(Retention.COMPACTED),
  PEERS(Retention.COMPACTED),
  SERVED(Retention.COMPACTED),
  SITES(Retention.COMPACTED),
  SITECREDENTIALS(Retention.COMPACTED),
  DECISIONS(Retention.COMPACTED),
  POLLS(Retention.COMPACTED),
  PULLS(Retention.COMPACTED_BY_TIME),
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
      case CopiesState _ -> COPIES;
      case PeerState _ -> PEERS;
      case ServedState _ -> SERVED;
      case SiteState _ -> SITES;
      case SiteCredentialsState _ -> SITECREDENTIALS;
      case DecisionState _ -> DECISIONS;
      case PollState _ -> POLLS;
      case PullState _ -> PULLS;
      case Audited _ -> AUDIT;
    };
  }

  /** Whether it holds values of keys, not events. */
  public boolean holdsState() {
    return retention != Retention.BY_TIME;
  }

  /** How the topic's records are deleted. */
  public Retention retention() {
    return retention;
  }

  /** The topic's name in Kafka. */
  public String name(String prefix) {
    return prefix + name().toLowerCase(Locale.ROOT);
  }

  /** Work topics delete by time, state topics keep the last record of each key, or do both. */
  public enum Retention {
    BY_TIME,
    COMPACTED,
    COMPACTED_BY_TIME
  }
}
