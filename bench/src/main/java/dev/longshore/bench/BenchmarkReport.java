package dev.longshore.bench;

import dev.longshore.bench.measure.Median;
import dev.longshore.bench.measure.Pairs;
import dev.longshore.bench.measure.Sample;
import java.io.PrintStream;
import java.util.Locale;

/** Prints progress to one stream and figures to another. */
public final class BenchmarkReport {
  private final PrintStream out;
  private final PrintStream err;

  BenchmarkReport(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  /** What is going on. */
  public void progress(String line) {
    err.println(line);
    err.flush();
  }

  /** A line of the result. */
  public void line(String line) {
    out.println(line);
    out.flush();
  }

  /** Begins the results of one benchmark. */
  public void title(String title) {
    line("");
    line(title);
  }

  /** A figure with its bar, and whether it is met. */
  public void figure(String what, double value, Bar bar) {
    line(
        "  %-60s %.1f, bar %s: %s"
            .formatted(what, value, bar, bar.metBy(value) ? "met" : "MISSED"));
  }

  /** A ratio with its bar, and whether it is met. */
  public void ratio(String what, Median ratio, Bar bar) {
    line(
        "  %-44s %s x, bar %s: %s"
            .formatted(
                what, median("%.2f", ratio), bar, bar.metBy(ratio.value()) ? "met" : "MISSED"));
  }

  /** A ratio that has nothing to reach. */
  public void ratio(String what, Median ratio) {
    line("  %-44s %s x".formatted(what, median("%.2f", ratio)));
  }

  /** What both sides did. */
  public void sides(Pairs pairs, String ours, String theirs) {
    line(
        "  %-44s %s"
            .formatted(
                ours,
                figures(
                    pairs.ours(Sample::seconds),
                    pairs.ours(Sample::megabytesPerSecond),
                    pairs.ours(Sample::cpuSecondsPerGigabyte))));
    line(
        "  %-44s %s"
            .formatted(
                theirs,
                figures(
                    pairs.theirs(Sample::seconds),
                    pairs.theirs(Sample::megabytesPerSecond),
                    pairs.theirs(Sample::cpuSecondsPerGigabyte))));
  }

  private static String figures(Median seconds, Median speed, Median cpu) {
    return "%s s, %.0f MB/s, %.2f CPU s/GB"
        .formatted(median("%.3f", seconds), speed.value(), cpu.value());
  }

  /**
   * {@code 1.10 [1.05, 1.20]}; of too few values {@code 1.10 (range 1.05 to 1.20)}, of a single one
   * {@code 1.10 (once)}.
   */
  public static String median(String format, Median median) {
    String brackets =
        median.isRange()
            ? " (range " + format + " to " + format + ")"
            : " [" + format + ", " + format + "]";
    return median.count() == 1
        ? String.format(Locale.ROOT, format + " (once)", median.value())
        : String.format(
            Locale.ROOT, format + brackets, median.value(), median.low(), median.high());
  }
}
