package dev.longshore.resolver.site;

import dev.longshore.catalog.CatalogSource;
import dev.longshore.resolver.site.SiteStore.Value;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * The catalog's source at a site: the hub, followed in separate loops. Its age is that of the hub's
 * last complete signed answer.
 */
final class HubSource implements CatalogSource {
  private final SiteStore store;
  private final SiteClock clock;
  private final Supplier<Optional<String>> problem;

  HubSource(SiteStore store, SiteClock clock, Supplier<Optional<String>> problem) {
    this.store = store;
    this.clock = clock;
    this.problem = problem;
  }

  @Override
  public void start() {
    // The site's service starts its loops.
  }

  @Override
  public void awaitEnd(Duration timeout) throws TimeoutException {
    throw new TimeoutException("a site cannot know what its hub has by now");
  }

  @Override
  public Optional<Duration> age() {
    return store
        .value(Value.WHOLE_AT)
        .map(Instant::parse)
        .map(at -> Duration.between(at, clock.instant()))
        .map(age -> age.isNegative() ? Duration.ZERO : age);
  }

  @Override
  public Optional<String> problem() {
    return problem.get();
  }

  @Override
  public void close() {
    // The site's service ends its loops.
  }
}
