package dev.longshore.watcher;

import dev.longshore.containerd.LocalName;
import dev.longshore.model.Digest;
import dev.longshore.model.Reference;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * Images of a containerd that lack content, by the missing digest. Kept in memory: at its start, a
 * watcher looks at all images again.
 */
final class WaitingImages {
  /** Limit of awaited contents; the next look at all images finds the rest. */
  private static final int LIMIT = 100_000;

  private record Content(String namespace, Digest digest) {}

  private final Map<Content, Set<Reference>> images = new HashMap<>();

  /** Whether it now waits for more than before. */
  synchronized boolean add(Reference image, Set<Digest> missing) {
    String namespace = LocalName.of(image.name()).map(LocalName::namespace).orElse("");
    boolean more = false;
    for (Digest digest : missing) {
      var content = new Content(namespace, digest);
      if (images.size() < LIMIT || images.containsKey(content)) {
        more |= images.computeIfAbsent(content, _ -> new LinkedHashSet<>()).add(image);
      }
    }
    return more;
  }

  /** Removes and returns the images that waited for it. */
  synchronized Set<Reference> arrived(String namespace, Digest digest) {
    Set<Reference> waiting = images.remove(new Content(namespace, digest));
    return waiting == null ? Set.of() : waiting;
  }
}
