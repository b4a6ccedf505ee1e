package dev.longshore.catalog.testing;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.CatalogSource;
import dev.longshore.catalog.WorkFailure;
import dev.longshore.events.Failed;
import dev.longshore.events.State;
import dev.longshore.events.Topic;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A log in memory as the place of sources. */
final class InMemoryFixture implements CatalogSourceFixture {
  private final RecordLog log = new RecordLog(Instant.now());
  private final List<InMemoryCatalogSource> sources = new ArrayList<>();
  private boolean away;

  @Override
  public CatalogSource source(Catalog catalog, Clock clock) {
    InMemoryCatalogSource source = new InMemoryCatalogSource(log, catalog, clock);
    source.away(away);
    sources.add(source);
    return source;
  }

  @Override
  public void put(State state) {
    log.put(state);
  }

  @Override
  public void delete(Topic topic, String key) {
    log.delete(topic, key);
  }

  @Override
  public void fail(Failed failed) {
    log.trouble(
        Topic.FAILED,
        new WorkFailure(
            failed.key(),
            failed.stage(),
            WorkFailure.Kind.PERMANENT,
            failed.reason(),
            null,
            failed.message(),
            0,
            failed.failedAt(),
            null));
  }

  @Override
  public void stillAway(
      String key, String stage, String endpoint, String cause, int attempt, Instant nextTry) {
    park(key, stage, endpoint, cause, attempt, nextTry);
  }

  @Override
  public void park(
      String key, String stage, String endpoint, String cause, int attempt, Instant nextTry) {
    log.trouble(
        Topic.RETRY,
        new WorkFailure(
            key,
            stage,
            WorkFailure.Kind.TRANSIENT,
            "TRANSIENT",
            endpoint,
            cause,
            attempt,
            Samples.NOW,
            nextTry));
  }

  @Override
  public void over(String key, String stage) {
    log.trouble(
        Topic.RETRY,
        new WorkFailure(key, stage, WorkFailure.Kind.OVER, "OVER", null, "", 0, Samples.NOW, null));
  }

  @Override
  public void away(boolean nowAway) {
    this.away = nowAway;
    sources.forEach(s -> s.away(nowAway));
  }

  @Override
  public void close() {
    sources.forEach(InMemoryCatalogSource::close);
  }
}
