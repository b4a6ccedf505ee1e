package dev.longshore.resolver.image;

import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import dev.longshore.resolver.content.UnavailableException;
import dev.longshore.resolver.image.member.Member;
import dev.longshore.resolver.name.Place;
import dev.longshore.resolver.name.Selector;
import java.util.List;
import java.util.Optional;

/**
 * The resolver's step: turns a name with a tag or digest, or a CID, into content, from the catalog
 * and the images' manifests. The bytes are fetched and verified later.
 *
 * <ul>
 *   <li>A tag serves what is recorded for it in {@code served}.
 *   <li>A repository serves a digest if it holds it, or holds an image with it.
 *   <li>Both answer with manifests without urls: the originals, in plain mode.
 *   <li>A tag selects the mode that its rule prefers, and with a suffix another one; each mode's
 *       manifests have their own digests.
 *   <li>{@code ipfs/<root CID>} answers with the IPFS-enabled image, {@code ipfs/<image DAG CID>}
 *       with the image without urls.
 * </ul>
 *
 * What people decided to forget is refused.
 */
public final class Resolve {
  /** The only tag of an image named by its CID. */
  public static final Tag ONLY_TAG = new Tag("latest");

  private final Listing listing;
  private final Images images;
  private final RepositorySearch search;
  private final Absence absence;
  private final OnDemand onDemand;
  private final ForgottenCheck forgotten;
  private final ImagesByCid byCid;

  /**
   * @param onDemand brings images that are not here yet
   * @param foreignRoots whether images that Longshore never wrote are served by their CID
   */
  public Resolve(Listing listing, Images images, OnDemand onDemand, boolean foreignRoots) {
    this.onDemand = onDemand;
    this.listing = listing;
    this.images = images;
    this.search = new RepositorySearch(listing, images);
    this.absence = new Absence(listing, images);
    this.forgotten = new ForgottenCheck(listing);
    this.byCid = new ImagesByCid(listing, images, forgotten, foreignRoots);
  }

  /**
   * Finds content.
   *
   * @param caller the caller whose share it counts against if it has to be brought
   * @throws ForgottenException when it is not served any more
   * @throws UnknownException when nothing served has this name
   * @throws UnavailableException when it is known, but its parts cannot be read now
   */
  public ResolvedContent find(Place place, Selector wanted, String caller)
      throws UnknownException, UnavailableException, InterruptedException {
    ResolvedContent found = search(place, wanted, caller);
    if (found.isManifest()) {
      forgotten.source(found.content().digest());
    }
    return found;
  }

  /** Fails if it is forgotten, by what is known without reading anything. */
  public void requireKept(Place place, Digest digest) throws ForgottenException {
    forgotten.requireKept(place, digest);
  }

  private ResolvedContent search(Place place, Selector wanted, String caller)
      throws UnknownException, UnavailableException, InterruptedException {
    return switch (place) {
      case Place.Repository(List<RepositoryName> candidates) -> {
        for (RepositoryName repository : candidates) {
          Optional<ResolvedContent> found = inRepository(repository, wanted, caller);
          if (found.isPresent()) {
            yield found.get();
          }
        }
        candidates.forEach(repository -> onDemand.missed(repository, wanted));
        throw new UnknownException(
            candidates.getFirst() + "" + wanted + " " + absence.reason(candidates, wanted));
      }
      case Place.Ipfs(Cid cid) -> byCid.find(cid, wanted);
    };
  }

  private Optional<ResolvedContent> inRepository(RepositoryName in, Selector wanted, String caller)
      throws UnknownException, UnavailableException, InterruptedException {
    return switch (wanted) {
      case Selector.ByTag(Tag tag) -> {
        onDemand.bring(in, wanted, caller);
        Optional<Listed> image = listing.tag(in, tag);
        if (image.isEmpty()) {
          forgotten.tag(in, tag);
          yield Optional.empty();
        }
        yield Optional.of(top(image.get()));
      }
      case Selector.ByDigest(Digest digest) -> byDigest(in, digest, caller);
    };
  }

  private Optional<ResolvedContent> byDigest(RepositoryName in, Digest digest, String caller)
      throws UnknownException, UnavailableException, InterruptedException {
    Optional<Listed> whole = listing.whole(in, digest);
    if (whole.isEmpty()) {
      onDemand.bring(in, new Selector.ByDigest(digest), caller);
      whole = listing.whole(in, digest);
    }
    if (whole.isPresent()) {
      return part(whole.get(), digest);
    }
    // Before the search, which may read the whole repository.
    forgotten.whole(in, digest);
    Optional<Listed> image = search.imageWith(in, digest);
    if (image.isPresent()) {
      return part(image.get(), digest);
    }
    forgotten.part(in, digest, images);
    return Optional.empty();
  }

  private ResolvedContent top(Listed image)
      throws UnknownException, UnavailableException, InterruptedException {
    ImageVariant form = image.layout();
    Member top = images.top(form);
    if (image.knowsDigest() && !top.digest().equals(image.state().servedDigest())) {
      throw new UnavailableException(
          UnavailableException.Reason.BAD_SOURCE,
          "image %s came back as %s from %s"
              .formatted(image.state().servedDigest(), top.digest(), form.cid()));
    }
    return ResolvedContent.of(top, form, Optional.of(image));
  }

  private Optional<ResolvedContent> part(Listed image, Digest digest)
      throws UnknownException, UnavailableException, InterruptedException {
    ImageVariant form = image.layout();
    return images.member(form, digest).map(m -> ResolvedContent.of(m, form, Optional.of(image)));
  }
}
