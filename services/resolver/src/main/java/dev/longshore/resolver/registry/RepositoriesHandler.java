package dev.longshore.resolver.registry;

import dev.longshore.model.RepositoryName;
import dev.longshore.resolver.image.Listing;
import dev.longshore.resolver.name.Names;
import dev.longshore.runtime.edge.rights.Rights;
import java.util.List;
import java.util.Map;

/**
 * Lists all repositories that the caller may see and that serve something, by the names under which
 * they are served.
 */
final class RepositoriesHandler {
  private final Listing listing;

  RepositoriesHandler(Listing listing) {
    this.listing = listing;
  }

  RegistryResponse handle(RegistryRequest.Repositories request, RegistryCall call, Rights rights) {
    PageRequest page = request.page();
    List<RepositoryName> found =
        listing.repositories(
            page.last().flatMap(Names::ofPath),
            Lists.lookUp(page),
            name -> RegistryAdmission.covers(rights, name));
    List<String> names = Lists.entries(page, found).stream().map(Names::path).toList();
    RegistryResponse answer = RegistryResponse.json(200, Map.of("repositories", names));
    return names.isEmpty() ? answer : Lists.link(answer, call, page, found.size(), names.getLast());
  }
}
