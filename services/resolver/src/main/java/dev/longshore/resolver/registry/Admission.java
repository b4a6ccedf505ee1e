package dev.longshore.resolver.registry;

import dev.longshore.model.Cid;
import dev.longshore.model.RepositoryName;
import dev.longshore.resolver.image.Listing;
import dev.longshore.resolver.name.Place;
import dev.longshore.runtime.edge.rights.Caller;
import dev.longshore.runtime.edge.rights.Rights;
import dev.longshore.runtime.edge.rights.Scope;
import java.util.List;

/**
 * Keeps callers to the places that they may see. A name is judged before anything is looked up, so
 * that one may not be told apart from one that is not there; a digest is looked for only in a place
 * that passed. A CID passes if the image is served in a repository that the caller may see.
 */
final class Admission {
  private final Listing listing;

  Admission(Listing listing) {
    this.listing = listing;
  }

  /** The request, looking only where the caller may. */
  RegistryRequest.Placed admit(RegistryRequest.Placed request, Caller caller)
      throws RequestException {
    Rights rights = caller.rights();
    if (rights.everywhere(Scope.PULL)) {
      return request;
    }
    return switch (request.place()) {
      case Place.Repository(List<RepositoryName> candidates) -> {
        List<RepositoryName> seen =
            candidates.stream().filter(name -> covers(rights, name)).toList();
        if (seen.isEmpty()) {
          throw denied(request, caller);
        }
        yield request.at(new Place.Repository(seen));
      }
      case Place.Ipfs(Cid cid) -> {
        if (!listing.isServed(cid, name -> covers(rights, name))) {
          throw denied(request, caller);
        }
        yield request;
      }
    };
  }

  /** Whether a list of repositories may name it. */
  static boolean covers(Rights rights, RepositoryName name) {
    return rights.cover(Scope.PULL, name.host().value(), name.repository());
  }

  private static RequestException denied(RegistryRequest.Placed request, Caller caller) {
    return new RequestException(
        403,
        OciError.Code.DENIED,
        caller.name()
            + " may not pull "
            + request.name()
            + ", but "
            + caller.rights().repositories(Scope.PULL));
  }
}
