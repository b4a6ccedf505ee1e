package dev.longshore.runtime.config;

import dev.longshore.settings.Setting;
import java.time.Duration;
import java.util.List;

/** Regular polls of a registry, for pushes whose webhook was lost. */
public record PollSettings(
    @Setting(value = "5m", doc = "pause between two polls") Duration interval,
    @Setting(
            doc =
                "repositories to poll; if the registry lists its repositories, * matches a part of"
                    + " a path, ** any number of parts")
        List<String> repositories) {

  public PollSettings {
    repositories = List.copyOf(repositories);
    if (!interval.isPositive()) {
      throw new IllegalArgumentException("interval: expected more than 0s");
    }
  }
}
