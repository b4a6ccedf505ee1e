package dev.longshore.resolver.lookup;

import dev.longshore.model.RepositoryName;
import dev.longshore.resolver.image.Listing;
import dev.longshore.runtime.edge.rights.Caller;
import dev.longshore.runtime.edge.rights.DeniedException;
import dev.longshore.runtime.edge.rights.Scope;
import java.util.List;
import java.util.Optional;

/**
 * The answer for a caller limited to some repositories: only names in these, and only images that
 * one of these serves. A digest or CID outside them counts as unknown.
 */
record CallerView(Caller caller, Listing listing) {
  /**
   * The question, limited to what the caller may see.
   *
   * @throws DeniedException when it is a name that the caller may not see, known or not
   */
  Question limited(Question question) throws DeniedException {
    if (!(question instanceof Question.ByName byName)) {
      return question;
    }
    List<RepositoryName> seen = byName.candidates().stream().filter(this::covers).toList();
    if (seen.isEmpty()) {
      throw new DeniedException(
          caller.name()
              + " may not look up "
              + byName.candidates().getFirst()
              + ", but "
              + caller.rights().repositories(Scope.LOOK_UP));
    }
    return new Question.ByName(seen, byName.wanted());
  }

  /** The part of this that the caller may see. */
  Optional<Known.Source> seen(Known.Source image) {
    List<RepositoryName> holding = listing.holding(image.digest()).filter(this::covers).toList();
    if (holding.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Known.Source(
            image.digest(),
            image.mediaType(),
            image.names().stream().filter(name -> covers(name.name())).toList(),
            image.conversions().stream()
                .filter(made -> holding.stream().anyMatch(r -> listing.serves(r, made.state())))
                .toList(),
            image.forgottenAt()));
  }

  private boolean covers(RepositoryName name) {
    return caller.rights().cover(Scope.LOOK_UP, name.registry(), name.repository());
  }
}
