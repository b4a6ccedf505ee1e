package dev.longshore.oci;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Annotations of descriptors and manifests. */
final class Annotations {
  private Annotations() {}

  /**
   * An unmodifiable copy. Not {@link Map#copyOf}: it probes linearly, so that 65,536 names with one
   * hash, which fit into a manifest of 2.5 MB, take minutes; a hash map uses a tree for them.
   */
  static Map<String, String> kept(Map<String, String> annotations) {
    return Collections.unmodifiableMap(new LinkedHashMap<>(annotations));
  }
}
