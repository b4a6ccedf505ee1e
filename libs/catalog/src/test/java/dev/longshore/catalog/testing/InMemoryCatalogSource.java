package dev.longshore.catalog.testing;

import dev.longshore.catalog.Batch;
import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.CatalogRecord;
import dev.longshore.catalog.CatalogSource;
import dev.longshore.catalog.Partition;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Feeds a catalog from a log in memory: whatever the log gets while the source follows and is not
 * away is in the catalog by the time {@link #awaitEnd} returns.
 */
public final class InMemoryCatalogSource implements CatalogSource {
  private final RecordLog log;
  private final Catalog catalog;
  private final Clock clock;
  private boolean started;
  private boolean closed;
  private boolean away;
  private @Nullable Instant completeAt;

  public InMemoryCatalogSource(RecordLog log, Catalog catalog, Clock clock) {
    this.log = log;
    this.catalog = catalog;
    this.clock = clock;
  }

  /** Whether the log cannot be reached from now on. */
  public synchronized void away(boolean nowAway) {
    this.away = nowAway;
    follow();
  }

  /** Brings the catalog what the log has got. */
  public synchronized void follow() {
    if (!started || closed || away) {
      return;
    }
    Instant askedAt = clock.instant();
    if (catalog.writer().isTooOld()) {
      catalog.writer().startAgain(false);
    }
    Map<Partition, Long> positions = catalog.writer().positions();
    List<CatalogRecord> unread =
        log.records().stream()
            .filter(
                r ->
                    r.offset()
                        >= positions.getOrDefault(new Partition(r.topic(), r.partition()), 0L))
            .toList();
    catalog.writer().apply(new Batch(unread, log.ends()));
    catalog.writer().complete(askedAt);
    completeAt = askedAt;
  }

  @Override
  public synchronized void start() {
    started = true;
    follow();
  }

  @Override
  public synchronized void awaitEnd(Duration timeout) throws TimeoutException {
    follow();
    if (!started || closed || away) {
      throw new TimeoutException(
          "reading the topics to their end: not done within "
              + timeout
              + "; "
              + problem().orElse("the catalog closes"));
    }
  }

  @Override
  public synchronized Optional<Duration> age() {
    return Optional.ofNullable(completeAt)
        .or(catalog::completeAt)
        .map(at -> Duration.between(at, clock.instant()));
  }

  @Override
  public synchronized Optional<String> problem() {
    return away ? Optional.of("following the log in memory: away") : Optional.empty();
  }

  @Override
  public synchronized void close() {
    closed = true;
  }
}
