package dev.longshore.settings;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A configuration file of a test, with what surrounds it. */
public record ConfigText(Path folder) {
  public Path write(String name, String text) {
    try {
      return Files.writeString(folder.resolve(name), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public ConfigSources yaml(String text) {
    return new ConfigSources(write("longshore.yaml", text), Map.of(), List.of());
  }

  public ConfigSources yaml(String text, Map<String, String> environment, String... flags) {
    return new ConfigSources(write("longshore.yaml", text), environment, List.of(flags));
  }

  /** Problems without the folder, which differs from run to run. */
  public List<String> problems(Class<? extends Record> root, ConfigSources sources) {
    return new ConfigLoader<>(root)
        .check(sources).stream()
            .map(problem -> problem.toString().replace(folder + "/", ""))
            .toList();
  }
}
