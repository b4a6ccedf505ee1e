package dev.longshore.runtime.kafka.record;

/**
 * Names of record headers, values in UTF-8: CloudEvents 1.0 in Kafka's binary mode, and Longshore's
 * own for parked records and dead letters; {@link WorkFailureHeaders} has more.
 */
public final class HeaderNames {
  public static final String CE_SPECVERSION = "ce_specversion";
  public static final String CE_ID = "ce_id";
  public static final String CE_SOURCE = "ce_source";
  public static final String CE_TYPE = "ce_type";
  public static final String CE_SUBJECT = "ce_subject";
  public static final String CE_TIME = "ce_time";
  public static final String CONTENT_TYPE = "content-type";

  /** Prefix of Longshore's own headers. */
  public static final String OURS = "longshore_";

  /** Service whose step could not handle the record. */
  public static final String SERVICE = OURS + "service";

  /** Unprefixed topic where the record first arrived. */
  public static final String TOPIC = OURS + "topic";

  /** Its partition there. */
  public static final String PARTITION = OURS + "partition";

  /** Its offset there. */
  public static final String OFFSET = OURS + "offset";

  /** Kafka's clock when it was appended there, ISO 8601. */
  public static final String APPENDED_AT = OURS + "appended_at";

  /** Dead letters: a stable code. */
  public static final String REASON = OURS + "reason";

  /** Dead letters: the service's clock, ISO 8601. */
  public static final String FAILED_AT = OURS + "failed_at";

  /**
   * Dead letters: length of a value that was too long to keep with its headers; such a letter
   * cannot be replayed.
   */
  public static final String DROPPED_BYTES = OURS + "dropped_bytes";

  private HeaderNames() {}
}
