package dev.longshore.bench.edge;

import dev.longshore.bench.Bar;
import dev.longshore.bench.BenchmarkReport;
import dev.longshore.bench.image.BigImage;
import dev.longshore.model.RepositoryName;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A large image that a site does not keep, pulled there. */
final class OnDemandPull implements Row {
  private static final Bar TIME = new Bar.AtMost(1.10);
  private static final String TAG = "1";

  /** The site has heard of the name by then. */
  private static final Duration HEARD = Duration.ofSeconds(20);

  @Override
  public String name() {
    return "on-demand";
  }

  @Override
  public boolean lazy() {
    return false;
  }

  @Override
  public String keep() {
    return "on-demand";
  }

  @Override
  public void run(Rig rig) throws Exception {
    BenchmarkReport report = rig.bench().report();
    BigImage image = BigImage.write(rig.folder(name()).resolve("image"), BigImage.usualLayers(78));
    RepositoryName repository = rig.name(this, "large");
    rig.push(image, repository, TAG);
    rig.awaitCopies(image, "plain");
    try (Site site = rig.site(name(), FirstCopy.ROUND_TRIP)) {
      rig.line().limit(FirstCopy.MEGABITS);
      TimeUnit.NANOSECONDS.sleep(HEARD.toNanos());
      LineBytes before = rig.line().count();
      long begin = System.nanoTime();
      int status = site.status(Rig.path(repository), TAG);
      if (status != 200) {
        report.title(
            "on-demand: not measured, the site answers %d for an image that it does not keep"
                .formatted(status));
        return;
      }
      var _ = site.read(Rig.path(repository), "manifests/" + TAG);
      long bytes = Blobs.pull(site, repository, image);
      double seconds = (System.nanoTime() - begin) / 1e9;
      LineBytes all = rig.line().count().since(before);
      report.title(
          "on-demand: %.0f MB that the site does not keep, %.0f Mbit/s, %d ms; one run"
              .formatted(bytes / 1e6, FirstCopy.MEGABITS, FirstCopy.ROUND_TRIP.toMillis()));
      Figures.share(
          report, "time by bytes / rate", seconds / (8 * bytes / FirstCopy.MEGABITS / 1e6), TIME);
      report.line("  %-60s %,d bytes".formatted("over the line", all.bytes()));
    } finally {
      rig.line().unlimited();
    }
  }
}
