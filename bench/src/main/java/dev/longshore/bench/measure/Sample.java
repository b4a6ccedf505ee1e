package dev.longshore.bench.measure;

/**
 * One run of one side.
 *
 * @param seconds on the wall clock
 * @param cpuSeconds user and system time of all processes that took part
 * @param bytes of content that went through
 */
public record Sample(double seconds, double cpuSeconds, long bytes) {
  private static final double GB = 1e9;

  /** 10^6 bytes a second. */
  public double megabytesPerSecond() {
    return bytes / seconds / 1e6;
  }

  /** CPU seconds for 10^9 bytes. */
  public double cpuSecondsPerGigabyte() {
    return cpuSeconds / (bytes / GB);
  }
}
