package dev.longshore.events;

import java.util.Arrays;
import java.util.Optional;

/** CloudEvents type names of the records; a name never changes its meaning. */
public enum EventType {
  HINT("hint", Hint.class),
  OBSERVED("observed", Observed.class),
  CONVERTED("converted", Converted.class),
  FAILED("failed", Failed.class),
  TAG("tag", TagState.class),
  IMAGE("image", ImageState.class),
  BLOB("blob", BlobState.class),
  PIN("pin", PinState.class),
  COPIES("copies", CopiesState.class),
  PEER("peer", PeerState.class),
  SERVED("served", ServedState.class),
  SITE("site", SiteState.class),
  SITECREDENTIALS("sitecredentials", SiteCredentialsState.class),
  DECISION("decision", DecisionState.class),
  POLL("poll", PollState.class),
  PULL("pull", PullState.class),
  AUDIT("audit", Audited.class);

  private final String typeName;
  private final Class<? extends LongshoreRecord> recordClass;

  EventType(String shortName, Class<? extends LongshoreRecord> recordClass) {
    this.typeName = "dev.longshore." + shortName + ".v1";
    this.recordClass = recordClass;
  }

  /** Value of the CloudEvents attribute {@code type}, such as {@code dev.longshore.hint.v1}. */
  public String typeName() {
    return typeName;
  }

  public Class<? extends LongshoreRecord> recordClass() {
    return recordClass;
  }

  /** The type of a record. */
  public static EventType of(LongshoreRecord record) {
    return switch (record) {
      case Hint _ -> HINT;
      case Observed _ -> OBSERVED;
      case Converted _ -> CONVERTED;
      case Failed _ -> FAILED;
      case TagState _ -> TAG;
      case ImageState _ -> IMAGE;
      case BlobState _ -> BLOB;
      case PinState _ -> PIN;
      case CopiesState _ -> COPIES;
      case PeerState _ -> PEER;
      case ServedState _ -> SERVED;
      case SiteState _ -> SITE;
      case SiteCredentialsState _ -> SITECREDENTIALS;
      case DecisionState _ -> DECISION;
      case PollState _ -> POLL;
      case PullState _ -> PULL;
      case Audited _ -> AUDIT;
    };
  }

  /** The type with this name; empty for foreign names and those of later releases. */
  public static Optional<EventType> named(String typeName) {
    return Arrays.stream(values()).filter(t -> t.typeName.equals(typeName)).findFirst();
  }
}
