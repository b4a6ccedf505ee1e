package dev.longshore.bench.measure;

/** One side of a comparison. */
@FunctionalInterface
public interface Contender {
  /**
   * Does the work once, set-up outside the sample.
   *
   * @throws Exception whatever kept it from being done: the benchmark ends with it
   */
  Sample run() throws Exception;
}
