package dev.longshore.settings;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Complete settings without a known problem.
 *
 * @param origins the origin of each value, by its path, such as {@code registries[0].host}
 * @param secrets every secret read, to hide from logs and messages
 * @param secretFiles the files of secrets, by the settings that name them; without those from the
 *     environment
 */
public record Loaded<T extends Record>(
    T settings,
    SortedMap<String, ValueOrigin> origins,
    List<Secret> secrets,
    SortedMap<String, Path> secretFiles) {
  public Loaded {
    secrets = List.copyOf(secrets);
    secretFiles = Collections.unmodifiableSortedMap(new TreeMap<>(secretFiles));
    origins = Collections.unmodifiableSortedMap(new TreeMap<>(origins));
  }
}
