package dev.longshore.resolver.site;

import dev.longshore.events.Evidence;
import dev.longshore.events.ImageState;
import dev.longshore.events.ServedState;
import dev.longshore.events.ServedState.Result;
import dev.longshore.model.MalformedCidException;
import dev.longshore.model.OciFormatException;
import dev.longshore.model.RepositoryName;
import dev.longshore.resolver.site.hub.HubException;
import dev.longshore.resolver.site.hub.HubException.Kind;
import dev.longshore.sites.NameChange;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A change of a name that was validated, with all versions that it names. */
record CheckedChange(NameChange change, List<Version> versions) {
  private static final Logger LOG = LoggerFactory.getLogger(CheckedChange.class);

  CheckedChange {
    versions = List.copyOf(versions);
  }

  /** A result of a name, with the record of its image as this site keeps it. */
  record Version(Result result, ImageState image, RepositoryName repository, Role role) {}

  /** The role of a version for its name. */
  enum Role {
    /** What the name shows. */
    SHOWN,
    /** It is fetched only when requested by digest. */
    OTHER,
    /** It is a referrer of what the name shows, and kept with it. */
    REFERRER
  }

  /**
   * Checks it.
   *
   * @throws HubException {@link Kind#WRONG} when a record of it is invalid
   */
  static CheckedChange of(NameChange change) throws HubException {
    ServedState served = change.served();
    try {
      RepositoryName repository = served.name().checked();
      List<Version> versions = new ArrayList<>();
      for (Result result : served.removed() == null ? served.results() : List.<Result>of()) {
        ImageState image =
            change.images().stream()
                .filter(
                    each ->
                        each.imageDag().equals(result.imageDag())
                            && each.digest().equals(result.source()))
                .findFirst()
                .orElseThrow(
                    () ->
                        new HubException(
                            Kind.WRONG,
                            "changes: %s: no image of its DAG %s"
                                .formatted(served.key(), result.imageDag())));
        requireDag(result);
        versions.add(new Version(result, ofRepository(image, repository), repository, Role.SHOWN));
      }
      for (NameChange.Other other :
          served.removed() == null ? change.others() : List.<NameChange.Other>of()) {
        requireOf(served, other);
        versions.add(
            new Version(
                other.result(), ofRepository(other.image(), repository), repository, Role.OTHER));
      }
      for (NameChange.Other referrer :
          served.removed() == null ? change.referrers() : List.<NameChange.Other>of()) {
        requireOf(served, referrer);
        requireSubject(served, referrer);
        versions.add(
            new Version(
                referrer.result(),
                ofRepository(referrer.image(), repository),
                repository,
                Role.REFERRER));
      }
      sayWhatIsLeftOut(change);
      return new CheckedChange(change, versions);
    } catch (OciFormatException | MalformedCidException e) {
      throw new HubException(Kind.WRONG, "changes: " + served.key() + ": " + e.getMessage(), e);
    }
  }

  /** Whether more refers to what the name shows than the hub tells of. */
  boolean leavesReferrersOut() {
    return leavesReferrersOut(change);
  }

  private static boolean leavesReferrersOut(NameChange change) {
    return change.referrersLeftOut() != null && change.referrersLeftOut();
  }

  private static void sayWhatIsLeftOut(NameChange change) {
    if (leavesReferrersOut(change)) {
      LOG.warn(
          "more refers to what {} shows than its hub tells of: the lists of what refers to it are"
              + " not whole here",
          change.served().key());
    }
  }

  private static void requireOf(ServedState served, NameChange.Other other) throws HubException {
    requireDag(other.result());
    if (!other.image().imageDag().equals(other.result().imageDag())
        || !other.image().digest().equals(other.result().source())) {
      throw new HubException(
          Kind.WRONG,
          "changes: %s: %s is no image of its DAG %s"
              .formatted(served.key(), other.image().imageDag(), other.result().imageDag()));
    }
  }

  private static void requireSubject(ServedState served, NameChange.Other referrer)
      throws HubException {
    if (referrer.image().subject() == null) {
      throw new HubException(
          Kind.WRONG,
          "changes: %s: %s refers to nothing".formatted(served.key(), referrer.image().digest()));
    }
  }

  private static void requireDag(Result result) {
    var _ = result.imageDag().cid().codec();
  }

  /** The hub has looked whether the repository may show it. */
  private static ImageState ofRepository(ImageState image, RepositoryName repository) {
    return image.alsoFor(repository, image.convertedAt()).shownBy(Evidence.READ);
  }
}
