package dev.longshore.resolver.testing;

import dev.longshore.catalog.CatalogSource;
import java.time.Duration;
import java.util.Optional;

/** A source that brings nothing and is as old as a test says. */
public final class QuietSource implements CatalogSource {
  private volatile Optional<Duration> age = Optional.empty();

  /** The time since the catalog was complete. */
  public void setAge(Duration since) {
    age = Optional.of(since);
  }

  @Override
  public void start() {}

  @Override
  public void awaitEnd(Duration timeout) {}

  @Override
  public Optional<Duration> age() {
    return age;
  }

  @Override
  public Optional<String> problem() {
    return Optional.empty();
  }

  @Override
  public void close() {}
}
