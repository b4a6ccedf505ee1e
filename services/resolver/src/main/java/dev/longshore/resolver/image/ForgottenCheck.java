package dev.longshore.resolver.image;

import dev.longshore.events.DecisionState;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import dev.longshore.resolver.name.Place;
import java.util.List;
import java.util.Optional;

/** Refuses what people decided to forget. */
final class ForgottenCheck {
  private final Listing listing;

  ForgottenCheck(Listing listing) {
    this.listing = listing;
  }

  /** Fails if it is forgotten, by what is known without reading anything. */
  void requireKept(Place place, Digest digest) throws ForgottenException {
    switch (place) {
      case Place.Repository(List<RepositoryName> candidates) -> {
        for (RepositoryName repository : candidates) {
          if (listing.whole(repository, digest).isEmpty()) {
            whole(repository, digest);
          }
        }
      }
      case Place.Ipfs(Cid cid) -> {
        if (listing.root(cid).or(() -> listing.dag(cid)).isEmpty()) {
          cid(cid);
        }
      }
    }
  }

  /** An image that stays may have one to forget as its part. */
  void source(Digest digest) throws ForgottenException {
    refuse(digest.toString(), listing.forgotten().source(digest));
  }

  void tag(RepositoryName repository, Tag tag) throws ForgottenException {
    refuse(repository + ":" + tag, listing.forgotten(repository, tag));
  }

  void whole(RepositoryName repository, Digest digest) throws ForgottenException {
    refuse(repository + "@" + digest, listing.forgotten().whole(repository, digest));
  }

  void part(RepositoryName repository, Digest digest, Images images) throws ForgottenException {
    refuse(repository + "@" + digest, listing.forgotten().part(repository, digest, images));
  }

  void cid(Cid cid) throws ForgottenException {
    refuse("/ipfs/" + cid, listing.forgotten().cid(cid));
  }

  private static void refuse(String what, Optional<DecisionState> decision)
      throws ForgottenException {
    if (decision.isPresent()) {
      throw new ForgottenException(what, decision.get());
    }
  }
}
