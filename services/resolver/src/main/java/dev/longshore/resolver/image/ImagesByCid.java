package dev.longshore.resolver.image;

import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.model.Tag;
import dev.longshore.resolver.content.UnavailableException;
import dev.longshore.resolver.image.member.Member;
import dev.longshore.resolver.name.Selector;
import java.util.List;
import java.util.Optional;

/** Finds content of images that are named by their CID. */
final class ImagesByCid {
  private final Listing listing;
  private final Images images;
  private final ForgottenCheck forgotten;
  private final boolean foreignRoots;

  /**
   * @param foreignRoots whether images that Longshore never wrote are served
   */
  ImagesByCid(Listing listing, Images images, ForgottenCheck forgotten, boolean foreignRoots) {
    this.listing = listing;
    this.images = images;
    this.forgotten = forgotten;
    this.foreignRoots = foreignRoots;
  }

  ResolvedContent find(Cid cid, Selector wanted)
      throws UnknownException, UnavailableException, InterruptedException {
    Optional<Listed> root = listing.root(cid);
    Optional<Listed> listed = root.isPresent() ? root : listing.dag(cid);
    if (listed.isEmpty()) {
      forgotten.cid(cid);
    }
    if (listed.isEmpty() && !foreignRoots) {
      throw new UnknownException(
          "/ipfs/" + cid + " was not written by Longshore; serve-foreign-roots is off");
    }
    ImageVariant form =
        root.map(Listed::root)
            .or(() -> listed.map(Listed::layout))
            .orElse(new ImageVariant(cid, ImageVariant.Shape.FOREIGN, List.of()));
    Optional<Member> member =
        switch (wanted) {
          case Selector.ByTag(Tag tag) ->
              tag.equals(Resolve.ONLY_TAG) ? Optional.of(images.top(form)) : Optional.empty();
          case Selector.ByDigest(Digest digest) -> images.member(form, digest);
        };
    return member
        .map(m -> ResolvedContent.of(m, form, listed))
        .orElseThrow(
            () -> new UnknownException("ipfs/" + cid + wanted + " is not part of the image"));
  }
}
