package dev.longshore.bench.edge;

import dev.longshore.bench.scale.GeneratedImages;
import dev.longshore.events.AbsenceReason;
import dev.longshore.events.SiteState.Absence;
import dev.longshore.events.SiteState.Amount;
import dev.longshore.events.SiteState.Count;
import dev.longshore.sites.Report;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Each site tells its hub once a minute how it is; four of five lack an image. */
final class Reporters implements AutoCloseable {
  private static final Duration EVERY = Duration.ofMinutes(1);
  private static final int UP_TO_DATE = 5;
  private static final long BYTES = 30_000_000;

  private final List<Poller> sites;
  private final int images;
  private final AtomicLong turn = new AtomicLong();
  private final AtomicLong taken = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  private Reporters(List<Poller> sites, int images) {
    this.sites = sites;
    this.images = images;
  }

  /** They report in turns from now on; the first of them knows all that its hub tells. */
  static Reporters begin(List<Poller> sites, int images) {
    Reporters its = new Reporters(sites, images);
    sites.forEach(site -> site.goOnFrom(sites.getFirst()));
    var _ =
        its.clock.scheduleAtFixedRate(
            () -> its.threads.execute(its::next),
            0,
            EVERY.toNanos() / sites.size(),
            TimeUnit.NANOSECONDS);
    return its;
  }

  private void next() {
    long n = turn.getAndIncrement();
    int at = (int) (n % sites.size());
    Poller site = sites.get(at);
    try {
      site.report(report(at, n / sites.size() + 1, site.cursor()));
      taken.incrementAndGet();
    } catch (IOException e) {
      failed.incrementAndGet();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Report report(int site, long sequence, @Nullable String cursor) {
    Instant now = Instant.now();
    boolean all = site % UP_TO_DATE == 0;
    return new Report(
        "main",
        sequence,
        "0.2.0",
        cursor,
        now,
        new Amount(images - (all ? 0 : 1), (images - (all ? 0 : 1)) * BYTES),
        new Amount(all ? 0 : 1, all ? 0 : BYTES),
        all ? null : now.minusSeconds(site),
        sequence * 10_000,
        BYTES * images,
        2 * BYTES * images,
        all ? List.of() : List.of(new Count(AbsenceReason.UNDER_WAY, 1, BYTES)),
        all
            ? List.of()
            : List.of(new Absence(GeneratedImages.name(site), AbsenceReason.UNDER_WAY, null, null)),
        List.of(),
        100_000L,
        null,
        List.of());
  }

  int sites() {
    return sites.size();
  }

  long taken() {
    return taken.get();
  }

  long failed() {
    return failed.get();
  }

  @Override
  public void close() {
    clock.shutdownNow();
    threads.shutdownNow();
    threads.close();
  }
}
