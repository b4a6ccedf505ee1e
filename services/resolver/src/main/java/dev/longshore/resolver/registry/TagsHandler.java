package dev.longshore.resolver.registry;

import dev.longshore.model.RepositoryName;
import dev.longshore.resolver.image.Listing;
import dev.longshore.resolver.image.Resolve;
import dev.longshore.resolver.name.Place;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Lists the served tags of a repository. */
final class TagsHandler {
  private final Listing listing;

  TagsHandler(Listing listing) {
    this.listing = listing;
  }

  RegistryResponse handle(RegistryRequest.Tags request, RegistryCall call) throws RequestException {
    PageRequest page = request.page();
    List<String> found =
        switch (request.place()) {
          case Place.Repository(List<RepositoryName> candidates) -> tags(candidates, page);
          case Place.Ipfs ignored -> onlyTag(page);
        };
    List<String> tags = Lists.entries(page, found);
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("name", request.name());
    document.put("tags", tags);
    RegistryResponse answer = RegistryResponse.json(200, document);
    return tags.isEmpty() ? answer : Lists.link(answer, call, page, found.size(), tags.getLast());
  }

  private List<String> tags(List<RepositoryName> candidates, PageRequest page)
      throws RequestException {
    for (RepositoryName repository : candidates) {
      if (listing.knows(repository)) {
        return listing.tags(repository, page.last().orElse(null), Lists.lookUp(page));
      }
    }
    throw new RequestException(
        404, OciError.Code.NAME_UNKNOWN, candidates.getFirst() + " is not known here");
  }

  private static List<String> onlyTag(PageRequest page) {
    boolean before =
        page.last().map(last -> last.compareTo(Resolve.ONLY_TAG.text()) < 0).orElse(true);
    return before && page.count() > 0 ? List.of(Resolve.ONLY_TAG.text()) : List.of();
  }
}
