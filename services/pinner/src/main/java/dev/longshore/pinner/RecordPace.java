package dev.longshore.pinner;

import java.time.Duration;

/**
 * How long news of an image's copies waits for more: each record costs Kafka and all its followers
 * more than a small copy.
 *
 * @param quick a copy that takes longer is recorded while it is made
 * @param together copies that end within this time after the first are recorded with it
 */
record RecordPace(Duration quick, Duration together) {
  /** Too short for anyone waiting for a push to notice. */
  static final RecordPace USUAL = new RecordPace(Duration.ofMillis(500), Duration.ofMillis(25));

  /** Concurrent images, slow ones excluded: more of them wait for each other anyway. */
  private static final int FEW = 3;

  private static final int SLOWER_IN_A_BURST = 10;

  /**
   * The pace of one of several images.
   *
   * @param images number of images whose copies are being made and are not slow yet
   */
  RecordPace among(int images) {
    return images <= FEW
        ? this
        : new RecordPace(
            quick.multipliedBy(SLOWER_IN_A_BURST), together.multipliedBy(SLOWER_IN_A_BURST));
  }
}
