package dev.longshore.runtime.kafka;

/**
 * A gap that is not made good. Kafka keeps that it is open, with the offsets of its partition: each
 * process that gets the partition is told of it until one has made it good.
 */
public interface OpenGap {
  /** Where it is. */
  Gap gap();

  /** Whether another process has the partition now, and was told. */
  boolean isGone();

  /** To be called when a look that began after the gap was told finds nothing missed any more. */
  void madeGood();
}
