package dev.longshore.pinner;

import java.time.Duration;

/**
 * How long what is known of an image's copies waits for more of it: each record costs Kafka, and
 * everyone who follows it, more than a small copy.
 *
 * @param quick a copy that takes longer is recorded while it is made
 * @param together after the first copy: those that come sooner are recorded with it
 */
record RecordPace(Duration quick, Duration together) {
  /** So short that nobody who waits for a push notices it. */
  static final RecordPace USUAL = new RecordPace(Duration.ofMillis(500), Duration.ofMillis(25));

  /** Images at once, beside those that take long: more of them wait for each other anyway. */
  private static final int FEW = 3;

  private static final int SLOWER_IN_A_BURST = 10;

  /**
   * The pace of one of several.
   *
   * @param images whose copies are being made and have not taken long yet
   */
  RecordPace among(int images) {
    return images <= FEW
        ? this
        : new RecordPace(
            quick.multipliedBy(SLOWER_IN_A_BURST), together.multipliedBy(SLOWER_IN_A_BURST));
  }
}
