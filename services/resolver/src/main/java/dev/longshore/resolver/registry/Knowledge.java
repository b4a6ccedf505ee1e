package dev.longshore.resolver.registry;

import java.time.Duration;
import java.util.Optional;

/** How far what is served may be behind. */
@FunctionalInterface
public interface Knowledge {
  /** Time since the index was last seen to be complete; none if it never was. */
  Optional<Duration> age();
}
