package dev.longshore.app.cli;

import dev.longshore.events.TagState;
import dev.longshore.model.Reference;
import dev.longshore.oci.RegistryException;
import java.util.List;
import java.util.Optional;

/** Asks the configured resolver whether it refuses names. */
final class ResolverCheck {
  /** Names to ask for: who refuses some has the decision. */
  private static final int MOST = 3;

  private final OwnResolver resolver;

  ResolverCheck(OwnResolver resolver) {
    this.resolver = resolver;
  }

  /**
   * What it does.
   *
   * @param serves names that it still serves
   * @param silent why it says nothing; empty if it answers
   */
  record Answer(List<String> serves, Optional<String> silent) {
    Answer {
      serves = List.copyOf(serves);
    }
  }

  Answer ask(List<TagState> names) {
    for (TagState name : names.stream().limit(MOST).toList()) {
      try {
        var _ = resolver.client().resolve(resolver.byName(reference(name)));
        return new Answer(List.of(name.key()), Optional.empty());
      } catch (RegistryException e) {
        if (e.kind() == RegistryException.Kind.TRANSIENT) {
          return new Answer(List.of(), Optional.of(String.valueOf(e.getMessage())));
        }
      }
    }
    return new Answer(List.of(), Optional.empty());
  }

  private static Reference reference(TagState name) {
    return name.tag() == null
        ? new Reference(name.name(), Optional.empty(), Optional.of(name.digest()))
        : Reference.tagged(name.name(), name.tag().text());
  }
}
