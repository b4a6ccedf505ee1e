package dev.longshore.settings;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Settings that are complete and without a known fault.
 *
 * @param origins where each value comes from, by its path, such as {@code registries[0].host}
 * @param secrets every secret that was read, to be kept out of what people read
 * @param secretFiles the files that they were read from, by the settings that name them; those that
 *     came from the environment are not among them
 */
public record Loaded<T extends Record>(
    T settings,
    SortedMap<String, Origin> origins,
    List<Secret> secrets,
    SortedMap<String, Path> secretFiles) {
  public Loaded {
    secrets = List.copyOf(secrets);
    secretFiles = Collections.unmodifiableSortedMap(new TreeMap<>(secretFiles));
    origins = Collections.unmodifiableSortedMap(new TreeMap<>(origins));
  }
}
