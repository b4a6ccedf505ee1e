package dev.longshore.oci.registry;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A map that keeps the most recently used entries, so that keys chosen by outsiders cannot fill
 * memory.
 */
final class Recent<K, V> {
  private final int limit;
  private final Map<K, V> entries = new LinkedHashMap<>(16, 0.75f, true);

  Recent(int limit) {
    this.limit = limit;
  }

  synchronized Optional<V> get(K key) {
    return Optional.ofNullable(entries.get(key));
  }

  synchronized void put(K key, V value) {
    entries.put(key, value);
    if (entries.size() > limit) {
      entries.remove(entries.keySet().iterator().next());
    }
  }

  synchronized void remove(K key, V value) {
    entries.remove(key, value);
  }
}
