package dev.longshore.runtime.config;

import dev.longshore.settings.Setting;
import java.time.Duration;
import java.util.List;

/** Looking at a registry from time to time, for pushes whose webhook was lost. */
public record PollSettings(
    @Setting(value = "5m", doc = "pause between two looks") Duration interval,
    @Setting(
            doc =
                "repositories to look at; * stands for a part of a path, ** for any number of"
                    + " parts, where the registry lists its repositories")
        List<String> repositories) {

  public PollSettings {
    repositories = List.copyOf(repositories);
    if (!interval.isPositive()) {
      throw new IllegalArgumentException("interval: expected more than 0s");
    }
  }
}
