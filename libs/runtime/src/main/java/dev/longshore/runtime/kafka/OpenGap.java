package dev.longshore.runtime.kafka;

/**
 * An open gap. Kafka stores it with the offsets of its partition: each process that gets the
 * partition learns of it until one closes it.
 */
public interface OpenGap {
  /** Its place. */
  Gap gap();

  /** Whether another process now has the partition, and was notified. */
  boolean isGone();

  /** Call it when a look that began after the notification finds nothing missing any more. */
  void madeGood();
}
