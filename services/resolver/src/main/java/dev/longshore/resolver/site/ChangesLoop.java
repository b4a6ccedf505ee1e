package dev.longshore.resolver.site;

import dev.longshore.resolver.site.AppliedChanges.Applied;
import dev.longshore.resolver.site.SiteStore.Value;
import dev.longshore.resolver.site.hub.HubException;
import dev.longshore.resolver.site.hub.HubException.Kind;
import dev.longshore.resolver.site.hub.Segment;
import dev.longshore.resolver.site.hub.SignedChanges;
import dev.longshore.sites.Report;
import java.io.IOException;
import java.io.InputStream;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Polls the hub for changes and applies what its signatures cover. The hub holds a request until
 * there is a change; if a proxy cuts such waits, they are made shorter.
 */
final class ChangesLoop {
  private static final Logger LOG = LoggerFactory.getLogger(ChangesLoop.class);

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int NONCE_BYTES = 16;

  /** Below the minute after which most proxies cut an idle connection. */
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(55);

  /** An answer that was cut after so long was waited for. */
  private static final Duration WAITED = Duration.ofSeconds(8);

  /** Minimal interval between reports: a burst of images makes one. */
  private static final Duration REPORT_PAUSE = Duration.ofSeconds(1);

  private final Membership hub;
  private final SiteStore store;
  private final AppliedChanges changes;
  private final ServedNames names;
  private final SiteReporter reports;
  private final SiteClock clock;
  private final RemovalGuard held;
  private final Backoff backoff;
  private final LongSupplier nanos;
  private final Runnable applied;
  private final Signal news = new Signal();

  /** Nothing shortens a pause after a failure. */
  private final Signal never = new Signal();

  private volatile @Nullable String problem = "no answer of the hub so far";
  private Duration wait = LONGEST_WAIT;
  private long failures;
  private long cuts;

  /** Why the credential could not be renewed, and when to try again. */
  private @Nullable String unrenewed;

  private long renewAt;
  private long renewFailures;

  /**
   * @param applied runs when changes were applied, or fail to arrive
   */
  ChangesLoop(
      Membership hub,
      SiteStore store,
      AppliedChanges changes,
      ServedNames names,
      SiteReporter reports,
      SiteClock clock,
      Backoff backoff,
      LongSupplier nanos,
      Runnable applied) {
    this.hub = hub;
    this.store = store;
    this.changes = changes;
    this.names = names;
    this.reports = reports;
    this.clock = clock;
    this.held = new RemovalGuard(store);
    this.backoff = backoff;
    this.nanos = nanos;
    this.applied = applied;
  }

  /** Why the hub's answers are invalid or missing; empty while all is well. */
  Optional<String> problem() {
    return Optional.ofNullable(problem);
  }

  /** What the node holds has changed: makes the loop report it to the hub. */
  void look() {
    news.give();
  }

  /** Works until it is interrupted. */
  void run() throws InterruptedException {
    while (true) {
      Duration pause = step();
      if (pause.isPositive()) {
        var _ = never.await(pause);
        keepTime();
      }
    }
  }

  private Duration step() throws InterruptedException {
    long begun = nanos.getAsLong();
    try {
      renew(begun);
      Optional<Report> report = reports.due();
      boolean answered = ask(report.orElse(null), begun);
      failures = 0;
      cuts = 0;
      note(null);
      // A hub without news should wait; one that does not must not be polled without a pause.
      return answered && nanos.getAsLong() - begun < REPORT_PAUSE.toNanos()
          ? Duration.ofNanos(REPORT_PAUSE.toNanos() - (nanos.getAsLong() - begun))
          : Duration.ZERO;
    } catch (HubException e) {
      return failed(e, Duration.ofNanos(nanos.getAsLong() - begun));
    }
  }

  /** Without renewal, the credential stays valid until it expires. */
  private void renew(long now) throws InterruptedException {
    if (unrenewed != null && now - renewAt < 0) {
      return;
    }
    try {
      hub.renewInTime(clock.instant());
      unrenewed = null;
      renewFailures = 0;
    } catch (HubException e) {
      Duration pause = backoff.after(++renewFailures);
      renewAt = now + pause.toNanos();
      unrenewed = String.valueOf(e.getMessage());
      LOG.warn("the credential is not renewed; that is tried again in {}: {}", pause, unrenewed);
    }
  }

  /**
   * Asks once; returns whether an answer came, and nothing in it was new.
   *
   * @param begun when, by the clock that cannot be set
   */
  private boolean ask(@Nullable Report report, long begun)
      throws HubException, InterruptedException {
    @Nullable String cursor =
        held.isDue(clock.instant()) ? null : store.value(Value.CURSOR, text -> text);
    String nonce = nonce();
    FutureTask<InputStream> asked =
        new FutureTask<>(
            () -> hub.changes(cursor, cursor == null ? Duration.ZERO : wait, nonce, report)) {
          @Override
          protected void done() {
            news.give();
          }
        };
    Thread thread = Thread.ofVirtual().name("changes").start(asked);
    @Nullable InputStream answer = awaited(asked, thread, report, begun);
    if (answer == null) {
      return false;
    }
    try (answer) {
      if (report != null) {
        reports.arrived(report);
      }
      return !apply(new SignedChanges(answer, hub.keys()), nonce);
    } catch (HubException e) {
      throw e;
    } catch (IOException e) {
      throw new HubException(Kind.AWAY, "changes: " + e.getMessage(), e);
    }
  }

  private static String nonce() {
    byte[] random = new byte[NONCE_BYTES];
    RANDOM.nextBytes(random);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(random);
  }

  /** The answer; null when it is given up, because there is something to report. */
  private @Nullable InputStream awaited(
      FutureTask<InputStream> asked, Thread thread, @Nullable Report report, long begun)
      throws HubException, InterruptedException {
    try {
      boolean told = false;
      while (!asked.isDone()) {
        Duration rest = REPORT_PAUSE.minusNanos(nanos.getAsLong() - begun);
        if (told && !rest.isPositive()) {
          told = false;
          if (reports.isNews(report)) {
            abandon(asked, thread);
            return null;
          }
        }
        told |= news.await(told ? rest : LONGEST_WAIT);
      }
      return asked.get();
    } catch (ExecutionException e) {
      throw failure(e);
    } catch (InterruptedException e) {
      abandon(asked, thread);
      throw e;
    }
  }

  /** Ends a request; an answer that comes all the same is closed. */
  private static void abandon(FutureTask<InputStream> asked, Thread thread) {
    thread.interrupt();
    Thread.ofVirtual()
        .name("changes-abandoned")
        .start(
            () -> {
              try {
                asked.get().close();
              } catch (ExecutionException | InterruptedException | IOException e) {
                LOG.debug("a request that was given up has no answer");
              }
            });
  }

  private static HubException failure(ExecutionException e) throws InterruptedException {
    return switch (e.getCause()) {
      case HubException known -> known;
      case InterruptedException _ -> throw new InterruptedException("the site stops");
      case RuntimeException defect -> throw defect;
      case Error error -> throw error;
      case null, default -> throw new IllegalStateException("asking for changes", e);
    };
  }

  /** Applies the segments that count; returns whether any brought something. */
  private boolean apply(SignedChanges answer, String nonce) throws HubException {
    boolean any = false;
    for (Segment segment = answer.next(); segment != null; segment = answer.next()) {
      SegmentOrder before = store.succession();
      Optional<String> objection = before.objection(hub.site(), nonce, segment.end());
      if (objection.isPresent()) {
        throw new HubException(
            Kind.WRONG, "changes: " + objection.get() + "; nothing of it is applied");
      }
      if (before.saysNothing(segment)) {
        continue;
      }
      any |= !segment.lines().isEmpty() || !Objects.equals(before.cursor(), segment.end().to());
      Applied changed = changes.apply(segment);
      names.forget(changed.forgotten());
      names.show(changed.names());
      applied.run();
    }
    return any;
  }

  private Duration failed(HubException e, Duration after) {
    if (e.kind() == Kind.CUT && after.compareTo(WAITED) >= 0) {
      waitShorter(after);
      return Duration.ZERO;
    }
    note(e);
    // What it serves grows older.
    applied.run();
    if (isOfTheWay(e.kind())) {
      hub.next();
    }
    Duration pause = backoff.after(++failures);
    LOG.warn("asking again in {}: {}", pause, e.getMessage());
    return pause;
  }

  /** One cut may be a hub that was started again; two are a proxy that waits no longer. */
  private void waitShorter(Duration after) {
    cuts++;
    Duration shorter = after.minus(after.dividedBy(5));
    if (cuts > 1 && shorter.compareTo(wait) < 0) {
      wait = shorter;
    }
    LOG.info("a wait for changes was cut after {}; the next is of at most {}", after, wait);
  }

  private void note(@Nullable HubException e) {
    problem = e == null ? null : String.valueOf(e.getMessage());
    // That the line is cut is nothing to tell over it.
    reports.problem(e == null || isOfTheWay(e.kind()) ? unrenewed : problem);
  }

  private static boolean isOfTheWay(Kind kind) {
    return kind == Kind.AWAY || kind == Kind.CUT;
  }

  /** Without the hub this machine's time is all there is; a restart goes on from there. */
  private void keepTime() {
    store.write(
        session -> {
          SiteStore.put(session, Value.CLOCK, clock.instant());
          SiteStore.put(session, Value.WALL, clock.wall());
        });
  }
}
