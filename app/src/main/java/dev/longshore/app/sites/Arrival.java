package dev.longshore.app.sites;

import dev.longshore.app.query.find.Sizes;
import dev.longshore.model.Reference;
import dev.longshore.model.SiteName;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Images that a site has whole since its last report.
 *
 * @param images what was pushed
 * @param after from the latest of their pushes to the report, by the clocks of watcher and hub
 * @param lineBytes what came over the site's line meanwhile
 */
public record Arrival(SiteName site, List<Reference> images, Duration after, long lineBytes) {
  private static final double MILLIS = 1e3;

  public Arrival {
    images = List.copyOf(images);
  }

  /** {@code team/app:1.1 at site-1 after 1.2 s, 0.9 MB over the line}. */
  public String line() {
    return String.format(
        Locale.ROOT,
        "%s at %s after %.1f s, %s over the line",
        images.stream().map(Arrival::shortName).collect(Collectors.joining(", ")),
        site,
        after.toMillis() / MILLIS,
        Sizes.text(lineBytes));
  }

  private static String shortName(Reference image) {
    return image.name().repository() + image.tag().map(tag -> ":" + tag).orElse("");
  }
}
