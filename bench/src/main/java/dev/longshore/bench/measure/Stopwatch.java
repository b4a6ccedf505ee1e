package dev.longshore.bench.measure;

/** Wall clock and CPU time since it was started. */
public final class Stopwatch {
  private static final double NANOS = 1e9;
  private final ProcessTree counted;
  private final double cpuAtStart;
  private final long start;

  private Stopwatch(ProcessTree counted) {
    this.counted = counted;
    this.cpuAtStart = counted.cpuSeconds();
    this.start = System.nanoTime();
  }

  /** Counts the CPU time of all processes of the tree. */
  public static Stopwatch start(ProcessTree counted) {
    return new Stopwatch(counted);
  }

  /** What was measured until now. */
  public Sample sample(long bytes) {
    double seconds = (System.nanoTime() - start) / NANOS;
    return new Sample(seconds, counted.cpuSeconds() - cpuAtStart, bytes);
  }
}
