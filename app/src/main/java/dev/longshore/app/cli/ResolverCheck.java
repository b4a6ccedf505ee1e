package dev.longshore.app.cli;

import dev.longshore.app.decision.ResolverAnswer;
import dev.longshore.events.TagState;
import dev.longshore.model.Reference;
import dev.longshore.oci.RegistryException;
import java.util.List;
import java.util.Optional;

/** Asks the configured resolver whether it refuses names. */
final class ResolverCheck {
  /** Names to ask for: who refuses some has the decision. */
  private static final int MOST = 3;

  private static final int FORBIDDEN = 403;
  private static final int NOT_FOUND = 404;

  private final OwnResolver resolver;

  ResolverCheck(OwnResolver resolver) {
    this.resolver = resolver;
  }

  ResolverAnswer ask(List<TagState> names) {
    for (TagState name : names.stream().limit(MOST).toList()) {
      try {
        ask(name);
        return new ResolverAnswer(List.of(name.key()), Optional.empty());
      } catch (RegistryException e) {
        if (!refuses(e)) {
          return new ResolverAnswer(List.of(), Optional.of(String.valueOf(e.getMessage())));
        }
      }
    }
    return new ResolverAnswer(List.of(), Optional.empty());
  }

  /** Without a pull, which would count as one. */
  private void ask(TagState name) throws RegistryException {
    Reference asked = resolver.byName(reference(name));
    try {
      var _ = resolver.client().resolve(asked);
    } catch (RegistryException e) {
      if (e.status().orElse(0) != FORBIDDEN) {
        throw e;
      }
      // An answer without a body does not say why.
      var _ = resolver.client().manifest(asked.name(), name.digest());
    }
  }

  /** Who may not ask knows nothing. */
  private static boolean refuses(RegistryException e) {
    return switch (e.status().orElse(0)) {
      case FORBIDDEN -> e.codes().contains("DENIED");
      case NOT_FOUND -> true;
      default -> false;
    };
  }

  private static Reference reference(TagState name) {
    return name.tag() == null
        ? new Reference(name.name(), Optional.empty(), Optional.of(name.digest()))
        : Reference.tagged(name.name(), name.tag().text());
  }
}
