package dev.longshore.bench.edge;

import dev.longshore.bench.Bar;
import dev.longshore.bench.image.BigImage;
import dev.longshore.bench.image.DebianFiles;
import dev.longshore.bench.image.FileTar;
import dev.longshore.bench.parts.LongshoreUp;
import dev.longshore.model.RepositoryName;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The first copy of an image, on a thin and long line. */
final class FirstCopy implements Row {
  static final double MEGABITS = 20;
  static final Duration ROUND_TRIP = Duration.ofMillis(50);
  private static final Bar BYTES = new Bar.AtMost(1.03);
  private static final Bar TIME = new Bar.AtMost(1.10);
  private static final String TAG = "1";

  /** More than a report, less than the first blocks. */
  private static final long BEGUN = 16 * 1024;

  /** With one pair: for a look. */
  private static final long TRIAL_BYTES = 20_000_000;

  private static final Duration LOOK = Duration.ofMillis(5);
  private static final Duration CONVERTED = Duration.ofMinutes(5);

  @Override
  public String name() {
    return "first-copy";
  }

  @Override
  public boolean lazy() {
    return true;
  }

  @Override
  public void run(Rig rig) throws Exception {
    boolean trial = rig.bench().pairs() == 1;
    rig.bench().report().progress(name() + ": making an image ...");
    FileTar files =
        trial
            ? AppFiles.write(rig.folder("first-copy-files"), 4, TRIAL_BYTES).tar()
            : FileTar.of(DebianFiles.baseWithPython());
    BigImage image = BigImage.writeFiles(rig.folder(name()), List.of(files));
    RepositoryName repository = rig.name(this, "debian");
    try (Site site = rig.site(name(), ROUND_TRIP)) {
      rig.line().limit(MEGABITS);
      LineBytes before = rig.line().count();
      rig.push(image, repository, TAG);
      long begin = begun(rig, before);
      Rig.awaitHeld(site, 1);
      double seconds = (System.nanoTime() - begin) / 1e9;
      LineBytes all = rig.line().count().since(before);
      LongshoreUp.Mirrored mirrored = rig.awaitCopies(image, "estargz");
      report(rig, trial, rig.blockBytes(mirrored), all, seconds);
    } finally {
      rig.line().unlimited();
    }
  }

  private void report(Rig rig, boolean trial, long blocks, LineBytes all, double seconds) {
    rig.bench()
        .report()
        .title(
            "first-copy: %s as eStargz, %.1f MB of blocks, %.0f Mbit/s, %d ms"
                .formatted(
                    trial ? "files of an app" : "a Debian with Python of this machine's files",
                    blocks / 1e6,
                    MEGABITS,
                    ROUND_TRIP.toMillis()));
    Figures.bytes(rig.bench().report(), "bytes over the line by the blocks'", all, blocks, BYTES);
    Figures.share(
        rig.bench().report(),
        "time, from the first of them, by the blocks' bytes / rate",
        seconds / (8 * blocks / MEGABITS / 1e6),
        TIME);
    rig.bench()
        .report()
        .line(
            "  %-60s %.2f x, %.1f s"
                .formatted(
                    "the same by all bytes / rate",
                    seconds / (8 * all.bytes() / MEGABITS / 1e6),
                    seconds));
  }

  /** When more went over the line than talk. */
  static long begun(Rig rig, LineBytes before) throws Exception {
    long until = System.nanoTime() + CONVERTED.toNanos();
    while (rig.line().count().since(before).bytes() < BEGUN) {
      if (System.nanoTime() > until) {
        throw new TimeoutException("nothing of the image went over the line within " + CONVERTED);
      }
      TimeUnit.NANOSECONDS.sleep(LOOK.toNanos());
    }
    return System.nanoTime();
  }
}
