package dev.longshore.watcher;

import dev.longshore.containerd.LocalName;
import dev.longshore.model.Digest;
import dev.longshore.model.Reference;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * Images of a containerd that lack content, by what they lack. Kept in memory: a watcher that
 * starts looks at all images anew.
 */
final class WaitingImages {
  /** Contents waited for; images beyond it are found at the next look at all images. */
  private static final int LIMIT = 100_000;

  private record Content(String namespace, Digest digest) {}

  private final Map<Content, Set<Reference>> images = new HashMap<>();

  /** Whether it waits for more than it did. */
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

  /** The images that waited for it; they wait no longer. */
  synchronized Set<Reference> arrived(String namespace, Digest digest) {
    Set<Reference> waiting = images.remove(new Content(namespace, digest));
    return waiting == null ? Set.of() : waiting;
  }
}
