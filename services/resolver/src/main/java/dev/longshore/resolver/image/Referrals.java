package dev.longshore.resolver.image;

import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import dev.longshore.oci.Descriptor;
import dev.longshore.resolver.content.UnavailableException;
import dev.longshore.resolver.image.member.Referrer;
import dev.longshore.resolver.name.Place;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the manifests that refer to another one, in its repository or image: separate images that
 * the catalog knows by their subject, those that a client lists under the referrers tag, and those
 * within images read so far.
 */
public final class Referrals {
  private static final Logger LOG = LoggerFactory.getLogger(Referrals.class);

  private final Listing listing;
  private final Images images;
  private final RepositorySearch search;

  private final OnDemand onDemand;

  public Referrals(Listing listing, Images images) {
    this(listing, images, OnDemand.NONE);
  }

  /**
   * @param onDemand brings images that are not here yet
   */
  public Referrals(Listing listing, Images images, OnDemand onDemand) {
    this.listing = listing;
    this.images = images;
    this.onDemand = onDemand;
    this.search = new RepositorySearch(listing, images);
  }

  /**
   * Descriptors of the served referrers, each once, by digest.
   *
   * @param caller the caller whose share it counts against if some have to be brought
   */
  public List<Descriptor> of(Place place, Digest subject, String caller)
      throws UnavailableException, InterruptedException {
    return switch (place) {
      case Place.Ipfs(Cid cid) -> within(subject, cid::equals);
      case Place.Repository(List<RepositoryName> candidates) -> {
        for (RepositoryName repository : candidates) {
          onDemand.bringReferrers(repository, subject, caller);
          if (listing.knows(repository)) {
            readBoundTo(subject, repository);
            search.readAll(repository);
            yield within(subject, image -> listing.dag(repository, image).isPresent());
          }
        }
        yield List.of();
      }
    };
  }

  /** A list without one of these would be wrong, so it fails if one cannot be read. */
  private void readBoundTo(Digest subject, RepositoryName repository)
      throws UnavailableException, InterruptedException {
    List<Listed> bound = new ArrayList<>(listing.boundTo(repository, subject));
    listing.tag(repository, new Tag(Referrer.tag(subject))).ifPresent(bound::add);
    for (Listed image : bound) {
      try {
        images.expand(image.layout());
      } catch (UnknownException e) {
        LOG.warn("{} refers to {} and is not served: {}", image, subject, e.getMessage());
      }
    }
  }

  private List<Descriptor> within(Digest subject, Predicate<Cid> served) {
    TreeMap<Digest, Descriptor> found = new TreeMap<>(Comparator.naturalOrder());
    images
        .referrersOf(subject)
        .filter(referral -> served.test(referral.image()))
        .map(referral -> referral.referrer().descriptor())
        .forEach(descriptor -> found.put(descriptor.digest(), descriptor));
    return List.copyOf(found.values());
  }
}
