package dev.longshore.bench.edge;

import dev.longshore.bench.Bar;
import dev.longshore.bench.BenchmarkReport;
import dev.longshore.bench.image.BigImage;
import dev.longshore.bench.image.LayerSpec;
import dev.longshore.model.RepositoryName;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What a site takes of its line when nothing happens, and when little does. */
final class Idle implements Row {
  private static final Bar IDLE = new Bar.AtMost(2.5);
  private static final Bar CHANGES = new Bar.AtMost(3.5);
  private static final int MINUTES_A_DAY = 24 * 60;
  private static final int CHANGES_A_DAY = 50;
  private static final int PUSHES = 5;
  private static final long LAYER_BYTES = 1024;

  /** Every hour, and no more often than that within a look; 1 KB and what HTTP and TLS add. */
  private static final int REPORTS_A_DAY = 24;

  private static final long REPORT_BYTES = 1_500;

  /** What follows an arrival is over. */
  private static final Duration REST = Duration.ofSeconds(70);

  private static final Duration BETWEEN = Duration.ofSeconds(5);

  @Override
  public String name() {
    return "idle";
  }

  @Override
  public boolean lazy() {
    return false;
  }

  @Override
  public void run(Rig rig) throws Exception {
    RepositoryName repository = rig.name(this, "small");
    int minutes = rig.bench().minutes();
    try (Site site = rig.site(name(), FirstCopy.ROUND_TRIP)) {
      push(rig, site, repository, 0);
      TimeUnit.NANOSECONDS.sleep(REST.toNanos());
      rig.bench().report().progress("idle: measuring for " + minutes + " min ...");
      LineBytes before = rig.line().count();
      TimeUnit.MINUTES.sleep(minutes);
      LineBytes idle = rig.line().count().since(before);
      LineBytes beforePushes = rig.line().count();
      long begin = System.nanoTime();
      for (int i = 1; i <= PUSHES; i++) {
        push(rig, site, repository, i);
        TimeUnit.NANOSECONDS.sleep(BETWEEN.toNanos());
      }
      LineBytes changes = rig.line().count().since(beforePushes);
      double part = (System.nanoTime() - begin) / 60e9 / minutes;
      report(rig.bench().report(), minutes, idle, changes, part);
    }
  }

  private static void report(
      BenchmarkReport report, int minutes, LineBytes idle, LineBytes changes, double part) {
    report.title(
        "idle: a site for %d min by %d, and %d reports of %,d bytes; a change brings an image of 1 KiB, each %d of %d pushed here"
            .formatted(
                minutes,
                MINUTES_A_DAY / minutes,
                REPORTS_A_DAY,
                REPORT_BYTES,
                CHANGES_A_DAY,
                PUSHES));
    double day = (double) MINUTES_A_DAY / minutes;
    figures(report, "", day, part, idle.bytes(), changes.bytes());
    figures(
        report, "without the headers of packets: ", day, part, idle.overTcp(), changes.overTcp());
    report.line(
        "  %-60s %,d bytes, %,d packets"
            .formatted("in these minutes", idle.bytes(), idle.packets()));
  }

  private static void figures(
      BenchmarkReport report, String which, double day, double part, long idle, long changes) {
    double rest = day * idle + REPORTS_A_DAY * REPORT_BYTES;
    double change = (changes - part * idle) / PUSHES;
    report.figure(which + "idle, MB a day", rest / 1e6, IDLE);
    report.figure(
        which + CHANGES_A_DAY + " changes, MB a day",
        (rest + CHANGES_A_DAY * change) / 1e6,
        CHANGES);
    report.line("  %-60s %,.0f bytes".formatted(which + "a change", change));
  }

  private void push(Rig rig, Site site, RepositoryName repository, int number) throws Exception {
    BigImage image =
        BigImage.write(
            rig.folder(name()).resolve("image-" + number),
            List.of(new LayerSpec(9_000 + number, LAYER_BYTES, LayerSpec.Texture.RANDOM)));
    rig.push(image, repository, "v" + number);
    Rig.awaitAt(site, this, repository, "v" + number);
  }
}
