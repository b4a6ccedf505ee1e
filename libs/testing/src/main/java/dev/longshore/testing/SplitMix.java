package dev.longshore.testing;

import java.util.random.RandomGenerator;

/** SplitMix64, written out so that a seed means the same bytes in every Java release. */
public final class SplitMix implements RandomGenerator {
  private long state;

  public SplitMix(long seed) {
    this.state = seed;
  }

  @Override
  public long nextLong() {
    state += 0x9E3779B97F4A7C15L;
    long z = state;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
