package dev.longshore.bench.edge;

import dev.longshore.bench.Bar;
import dev.longshore.bench.Report;
import dev.longshore.bench.image.BigImage;
import dev.longshore.model.RepositoryName;

/** A large image that neither a site nor a cache has, through the site, on a line without limit. */
final class OpenLine implements Row {
  /** Three times what the peer it is compared with does. */
  private static final Bar MEGABYTES = new Bar.AtLeast(3 * 46);

  private static final String TAG = "1";

  @Override
  public String name() {
    return "open-line";
  }

  @Override
  public boolean lazy() {
    return false;
  }

  @Override
  public void run(Rig rig) throws Exception {
    BigImage image = BigImage.write(rig.folder(name()).resolve("image"), BigImage.usualLayers(77));
    RepositoryName repository = rig.name(this, "large");
    try (Site site = rig.site(name())) {
      LineBytes before = rig.line().count();
      rig.push(image, repository, TAG);
      long begin = FirstCopy.begun(rig, before);
      Rig.awaitHeld(site, 1);
      long there = System.nanoTime();
      long bytes = Blobs.pull(site, repository, image);
      long end = System.nanoTime();
      Report report = rig.bench().report();
      report.title(
          "open-line: %.0f MB through a site, no limit, no delay; one run".formatted(bytes / 1e6));
      report.figure(
          "from the first byte on the line until pulled, MB/s",
          bytes / ((end - begin) / 1e3),
          MEGABYTES);
      report.line(
          "  %-60s %.0f MB/s".formatted("of it until held", bytes / ((there - begin) / 1e3)));
      report.line("  %-60s %.0f MB/s".formatted("and pulled", bytes / ((end - there) / 1e3)));
    }
  }
}
