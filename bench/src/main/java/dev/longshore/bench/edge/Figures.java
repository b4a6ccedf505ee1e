package dev.longshore.bench.edge;

import dev.longshore.bench.Bar;
import dev.longshore.bench.BenchmarkReport;

/** Lines of the rows' results. */
final class Figures {
  private Figures() {}

  /** A ratio of one run, with its bar. */
  static void share(BenchmarkReport report, String what, double ratio, Bar bar) {
    report.line(
        "  %-60s %.3f x, bar %s: %s"
            .formatted(what, ratio, bar, bar.metBy(ratio) ? "met" : "MISSED"));
  }

  /**
   * All bytes on the line by others; and without the headers of packets, which no program saves.
   */
  static void bytes(BenchmarkReport report, String what, LineBytes all, long others, Bar bar) {
    share(report, what, (double) all.bytes() / others, bar);
    share(report, "  without the headers of packets", (double) all.overTcp() / others, bar);
    report.line(
        "  %-60s %,d of %,d bytes; %,d packets"
            .formatted("  over the line, and compared with", all.bytes(), others, all.packets()));
  }
}
