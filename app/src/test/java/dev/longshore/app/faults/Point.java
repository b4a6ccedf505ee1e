package dev.longshore.app.faults;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A moment of a push: after so many steps of it were seen, however fast the machine is. */
final class Point {
  private final CountDownLatch steps;

  Point(int number) {
    this.steps = new CountDownLatch(number);
  }

  /** Something of the push happened. */
  void step() {
    steps.countDown();
  }

  /** Returns when the moment has come. */
  void await(int seconds) throws InterruptedException {
    if (!steps.await(seconds, TimeUnit.SECONDS)) {
      throw new AssertionError(steps.getCount() + " more steps were expected of a push");
    }
  }
}
