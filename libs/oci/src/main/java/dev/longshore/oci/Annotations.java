package dev.longshore.oci;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Annotations as descriptors and manifests keep them. */
final class Annotations {
  private Annotations() {}

  /**
   * An unmodifiable copy. Not {@link Map#copyOf}: it probes one by one, so that 65,536 names of one
   * hash, which 2.5 MB of manifest can hold, take it minutes; a hash map sorts such names.
   */
  static Map<String, String> kept(Map<String, String> annotations) {
    return Collections.unmodifiableMap(new LinkedHashMap<>(annotations));
  }
}
