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
 * Limits callers to the places that they may see. Names are checked before any look-up, so that a
 * forbidden one looks like a missing one; digests are searched only in permitted places. A CID
 * passes if a repository that the caller may see serves the image.
 */
final class RegistryAdmission {
  private final Listing listing;

  RegistryAdmission(Listing listing) {
    this.listing = listing;
  }

  /** The request, limited to permitted places. */
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

  /** Whether a list of repositories may include it. */
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
