package dev.longshore.resolver.hub;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.ImageState;
import dev.longshore.events.ServedState;
import dev.longshore.events.ServedState.Result;
import dev.longshore.resolver.hub.settings.SiteRuleSettings;
import dev.longshore.sites.Change;
import dev.longshore.sites.Change.Other;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Adds to what a name shows the records of its images. */
final class SiteImages {
  /** Topics are read in parallel: how far one may be behind another, as at a start. */
  private static final Duration BESIDE = Duration.ofSeconds(2);

  /** An image still without a record this long after its name showed it was released. */
  private static final Duration RELEASED = Duration.ofMinutes(1);

  private final Catalog catalog;
  private final Following following;
  private final InstantSource clock;

  SiteImages(Catalog catalog, InstantSource clock) {
    this.catalog = catalog;
    this.following = new Following(catalog);
    this.clock = clock;
  }

  /** The referrers of names. */
  Following following() {
    return following;
  }

  /**
   * Returns once the images of what it shows are read.
   *
   * @throws NotYetException when one is still to be read
   */
  void require(ServedState served) throws NotYetException, InterruptedIOException {
    for (Result result : served.results()) {
      var _ = image(served, result);
    }
  }

  /**
   * The change that a site gets for a name.
   *
   * @param most referrers
   * @throws NotYetException when an image of it is still to be read
   */
  Change change(ServedState served, SiteRuleSettings rule, int most)
      throws NotYetException, InterruptedIOException {
    List<Result> results = new ArrayList<>();
    List<ImageState> images = new ArrayList<>();
    for (Result result : SiteView.results(served, rule)) {
      Optional<ImageState> image = image(served, result);
      if (image.isPresent()) {
        results.add(result);
        images.add(image.get());
      }
    }
    List<Other> others = new ArrayList<>();
    for (Result result : SiteView.others(served, rule)) {
      image(served, result).ifPresent(image -> others.add(new Other(result, image)));
    }
    Following.Referrers found = following.of(served, rule);
    List<ServedState> told = found.all().subList(0, Math.min(most, found.all().size()));
    List<Other> referrers = new ArrayList<>();
    for (ServedState referrer : told) {
      for (Result result : SiteView.following(referrer, served, rule)) {
        image(referrer, result).ifPresent(image -> referrers.add(new Other(result, image)));
      }
    }
    return SiteView.change(
        served,
        rule,
        results,
        images,
        others,
        referrers,
        found.leftOut() || told.size() < found.all().size());
  }

  /** Empty if it was released. */
  private Optional<ImageState> image(ServedState served, Result result)
      throws NotYetException, InterruptedIOException {
    Optional<ImageState> image = recorded(served, result);
    if (image.isPresent() || served.changedAt().isBefore(clock.instant().minus(RELEASED))) {
      return image;
    }
    try {
      image = catalog.await(() -> recorded(served, result), BESIDE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("waiting for the record of " + result.imageDag());
    }
    if (image.isEmpty()) {
      throw new NotYetException(
          "%s shows %s, and its record has not been read yet"
              .formatted(served.key(), result.imageDag()));
    }
    return image;
  }

  private Optional<ImageState> recorded(ServedState served, Result result) {
    return catalog.conversions().forRepository(served.name(), result.source()).stream()
        .filter(
            image ->
                image.imageDag().equals(result.imageDag()) && image.mode().equals(result.mode()))
        .findFirst();
  }
}
