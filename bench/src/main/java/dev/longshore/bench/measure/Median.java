package dev.longshore.bench.measure;

import java.util.Arrays;
import java.util.Collection;

/**
 * A median with an interval that holds the true one with a probability of at least 95 %, out of
 * order statistics alone: no distribution is assumed. With fewer than 6 values no interval does,
 * and it is the whole range.
 */
public record Median(double value, double low, double high, int count) {
  private static final double MISS_A_SIDE = 0.025;

  /** Whether low and high are only the range of values too few for an interval. */
  public boolean isRange() {
    return Math.pow(0.5, count) > MISS_A_SIDE;
  }

  /** Of at least one value. */
  public static Median of(Collection<Double> values) {
    return of(values.stream().mapToDouble(Double::doubleValue).toArray());
  }

  static Median of(double... values) {
    if (values.length == 0) {
      throw new IllegalArgumentException("values: none (expected: at least one)");
    }
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int n = sorted.length;
    double middle = (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
    int cut = valuesOutsideEachSide(n);
    return new Median(middle, sorted[cut], sorted[n - 1 - cut], n);
  }

  /** The value that {@code share} of all values do not exceed, such as 0.99. */
  public static double quantile(Collection<Double> values, double share) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    int rank = (int) Math.ceil(share * sorted.length);
    return sorted[Math.clamp(rank - 1L, 0, sorted.length - 1)];
  }

  /** How many values may be cut off at each end: each is below the true median with chance 1/2. */
  private static int valuesOutsideEachSide(int n) {
    double chance = Math.pow(0.5, n);
    double below = chance;
    int cut = 0;
    while (below <= MISS_A_SIDE && cut < n / 2) {
      cut++;
      chance = chance * (n - cut + 1) / cut;
      below += chance;
    }
    return Math.max(0, cut - 1);
  }
}
