package dev.longshore.resolver.hub;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.ImageState;
import dev.longshore.events.ServedState;
import dev.longshore.events.ServedState.Result;
import dev.longshore.model.ImageDag;
import dev.longshore.resolver.hub.settings.SiteRuleSettings;
import dev.longshore.sites.NameChange;
import dev.longshore.sites.NameChange.Other;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Adds to what a name shows the records of its images. */
final class SiteImages {
  private static final Logger LOG = LoggerFactory.getLogger(SiteImages.class);

  /** Topics are read in parallel: how far one may be behind another, as at a start. */
  private static final Duration BESIDE = Duration.ofSeconds(2);

  /** An image still without a record this long after its name showed it was released. */
  private static final Duration RELEASED = Duration.ofMinutes(1);

  /** One whose manifests could not be read for so long comes with all platforms. */
  private static final Duration UNREADABLE = Duration.ofMinutes(1);

  /** Those that cannot be read are few, or all. */
  private static final int MOST_UNREADABLE = 10_000;

  private final Catalog catalog;
  private final PlatformDags platforms;
  private final UntaggedReferrers following;
  private final InstantSource clock;
  private final Map<ImageDag, Instant> unreadable = new ConcurrentHashMap<>();

  SiteImages(Catalog catalog, PlatformDags platforms, InstantSource clock) {
    this.catalog = catalog;
    this.platforms = platforms;
    this.following = new UntaggedReferrers(catalog);
    this.clock = clock;
  }

  /** The referrers of names. */
  UntaggedReferrers following() {
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
  NameChange change(ServedState served, SiteRuleSettings rule, int most)
      throws NotYetException, InterruptedIOException {
    @Nullable ImageDag selected = served.selected();
    List<Result> results = new ArrayList<>();
    List<ImageState> images = new ArrayList<>();
    for (Result result : SiteView.results(served, rule)) {
      Optional<ImageState> image = image(served, result);
      if (image.isPresent()) {
        ImageState its = ofItsPlatforms(served, image.get(), rule);
        results.add(with(result, its));
        images.add(its);
        if (result.imageDag().equals(selected)) {
          selected = its.imageDag();
        }
      }
    }
    List<Other> others = new ArrayList<>();
    for (Result result : SiteView.others(served, rule)) {
      Optional<ImageState> image = image(served, result);
      if (image.isPresent()) {
        ImageState its = ofItsPlatforms(served, image.get(), rule);
        others.add(new Other(with(result, its), its));
      }
    }
    UntaggedReferrers.Referrers found = following.of(served, rule);
    List<ServedState> told = found.all().subList(0, Math.min(most, found.all().size()));
    List<Other> referrers = new ArrayList<>();
    for (ServedState referrer : told) {
      for (Result result : SiteView.following(referrer, served, rule)) {
        image(referrer, result).ifPresent(image -> referrers.add(new Other(result, image)));
      }
    }
    return SiteView.change(
        selecting(served, selected),
        rule,
        results,
        images,
        others,
        referrers,
        found.leftOut() || told.size() < found.all().size());
  }

  private static ServedState selecting(ServedState served, @Nullable ImageDag selected) {
    return new ServedState(
        served.name(),
        served.tag(),
        served.digest(),
        served.subject(),
        served.results(),
        selected,
        served.removed(),
        served.changedAt());
  }

  private static Result with(Result result, ImageState image) {
    return image.imageDag().equals(result.imageDag())
        ? result
        : new Result(
            result.mode(),
            result.source(),
            result.digest(),
            image.imageDag(),
            result.root(),
            image.bytes(),
            result.pushedAt(),
            result.observedAt(),
            result.traceparent(),
            result.changedAt());
  }

  /**
   * What the rule's platforms need of it.
   *
   * @throws NotYetException when its manifests cannot be read now, as where its peers are away for
   *     a moment
   */
  private ImageState ofItsPlatforms(ServedState served, ImageState image, SiteRuleSettings rule)
      throws NotYetException {
    try {
      ImageState its = platforms.of(image, rule);
      unreadable.remove(image.imageDag());
      return its;
    } catch (IOException e) {
      Instant now = clock.instant();
      Instant since =
          unreadable.size() < MOST_UNREADABLE
              ? unreadable.computeIfAbsent(image.imageDag(), _ -> now)
              : now;
      if (now.isBefore(since.plus(UNREADABLE))) {
        throw new NotYetException(
            "%s: which parts of %s are for platforms %s cannot be read now: %s"
                .formatted(served.key(), image.imageDag(), rule.platforms(), e.getMessage()));
      }
      LOG.warn(
          "sites get all platforms of {}, as its manifests cannot be read: {}",
          served.key(),
          e.getMessage());
      return image;
    }
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
