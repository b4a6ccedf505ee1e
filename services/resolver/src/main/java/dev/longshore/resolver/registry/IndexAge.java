package dev.longshore.resolver.registry;

import java.time.Duration;
import java.util.Optional;

/** How old the served state may be. */
@FunctionalInterface
public interface IndexAge {
  /** Time since the index was last seen complete; empty if never. */
  Optional<Duration> age();
}
