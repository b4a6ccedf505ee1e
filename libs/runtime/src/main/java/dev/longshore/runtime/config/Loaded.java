package dev.longshore.runtime.config;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Settings that are complete and without a known fault.
 *
 * @param origins where each value comes from, by its path, such as {@code registries[0].host}
 */
public record Loaded<T extends Record>(T settings, SortedMap<String, Origin> origins) {
  public Loaded {
    origins = Collections.unmodifiableSortedMap(new TreeMap<>(origins));
  }
}
