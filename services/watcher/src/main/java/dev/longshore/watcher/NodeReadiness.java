package dev.longshore.watcher;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.ImageState;
import dev.longshore.model.Platform;
import dev.longshore.model.Reference;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.source.ImagePresence;
import dev.longshore.oci.source.ImageSource;
import java.util.List;
import java.util.Optional;

/** Whether images of a containerd are whole; waits for missing content. */
final class NodeReadiness implements Readiness {
  private final ImageSource images;
  private final MirrorScope scope;
  private final Catalog catalog;
  private final WaitingImages waiting;

  NodeReadiness(ImageSource images, MirrorScope scope, Catalog catalog, WaitingImages waiting) {
    this.images = images;
    this.scope = scope;
    this.catalog = catalog;
    this.waiting = waiting;
  }

  @Override
  public Verdict of(HintTarget look, Descriptor found) throws RegistryException {
    List<Platform> wanted = scope.platforms(look);
    ImagePresence presence = images.presence(look.name(), found, wanted);
    // Another look sees content that arrived before the wait began.
    while (waiting.add(reference(look, found), presence.missing())) {
      presence = images.presence(look.name(), found, wanted);
    }
    if (presence.platforms().isEmpty()) {
      return Verdict.WAITS;
    }
    List<String> there = presence.there().stream().map(Platform::toString).toList();
    return catalog.conversions().forRepository(look.name(), found.digest()).stream()
            .map(ImageState::platforms)
            .anyMatch(mirrored -> mirrored.containsAll(there))
        ? Verdict.READY
        : Verdict.GROWN;
  }

  private static Reference reference(HintTarget look, Descriptor found) {
    return look.tag() == null
        ? Reference.digested(look.name(), found.digest())
        : new Reference(look.name(), Optional.of(look.tag()), Optional.empty());
  }
}
