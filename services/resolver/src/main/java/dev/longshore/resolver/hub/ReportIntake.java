package dev.longshore.resolver.hub;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.MalformedEventException;
import dev.longshore.events.SiteState;
import dev.longshore.model.Digest;
import dev.longshore.model.Reference;
import dev.longshore.runtime.edge.http.HttpFailure;
import dev.longshore.runtime.kafka.record.NotSentException;
import dev.longshore.sites.Report;
import dev.longshore.sites.SiteJson;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.Meter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Receives and stores the reports that sites send with their requests. */
final class ReportIntake implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ReportIntake.class);
  private static final AttributeKey<String> RESULT = AttributeKey.stringKey("result");

  /** A report with fifty exceptions is shorter. */
  private static final int MOST_BYTES = 64 * 1024;

  /** This release has eight reasons. */
  private static final int MOST_COUNTS = 32;

  private static final int LONGEST_VERSION = 100;
  private static final int LONGEST_NAME = 600;

  /** How long an answer waits for its report to be stored; later it may be stored or lost. */
  private static final Duration WAIT = Duration.ofSeconds(1);

  /** Limit of reports waiting for Kafka; others are answered as not stored. */
  private static final int WAITING = 256;

  /** Limit of nodes with a remembered last report. */
  private static final int REMEMBERED = 10_000;

  private final String hub;
  private final ReportSink sink;
  private final SiteLags lags;
  private final MissedAtSites missed;
  private final Consumer<Reference> hints;
  private final Catalog catalog;
  private final Consumer<Digest> pulled;
  private final InstantSource clock;
  private final LongCounter counter;
  private final Semaphore places = new Semaphore(WAITING);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<String, Last> last =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Last> eldest) {
          return size() > REMEMBERED;
        }
      };

  /** The last stored report of a node. */
  private record Last(Instant joinedAt, long sequence) {
    boolean isBefore(SiteState report) {
      int order = joinedAt.compareTo(report.joinedAt());
      return order < 0 || (order == 0 && sequence < report.sequence());
    }
  }

  /**
   * @param pulled takes digests pulled at sites, without waiting
   */
  ReportIntake(
      Hub hub,
      MissedAtSites missed,
      Catalog catalog,
      Consumer<Digest> pulled,
      Meter meter,
      InstantSource clock) {
    this.hub = hub.name();
    this.sink = hub.reports();
    this.lags = hub.lags();
    this.missed = missed;
    this.hints = hub.missed();
    this.catalog = catalog;
    this.pulled = pulled;
    this.clock = clock;
    this.counter =
        meter
            .counterBuilder("longshore.hub.reports")
            .setDescription("Reports of sites: kept, known or failed")
            .build();
    count("kept", 0);
    count("known", 0);
    count("failed", 0);
  }

  private void count(String result, long reports) {
    counter.add(reports, Attributes.of(RESULT, result));
  }

  /**
   * Takes the report in a request, if it has one.
   *
   * @throws HttpFailure 400 when it cannot be one of this node
   */
  void take(SiteCall call, byte[] body) throws HttpFailure, InterruptedException {
    if (body.length == 0) {
      return;
    }
    Report report = read(call.caller(), body);
    SiteState state = state(call.caller(), report);
    if (isKnown(state)) {
      count("known", 1);
      return;
    }
    List<Digest> named =
        report.pulled().stream().filter(digest -> isNamed(call.group(), digest)).toList();
    named.forEach(pulled);
    lags.pulled(call.caller().site(), named);
    List<Reference> wanted = missed.toLookFor(call, report.missed());
    if (!wanted.isEmpty()) {
      threads.execute(() -> wanted.forEach(hints));
    }
    if (!places.tryAcquire()) {
      failed(state, WAITING + " others wait for Kafka");
      return;
    }
    Future<?> kept = threads.submit(() -> keep(state));
    try {
      var _ = kept.get(WAIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      LOG.debug("the report of {} is kept later", state.key());
    } catch (ExecutionException e) {
      throw new IllegalStateException("keeping the report of " + state.key(), e.getCause());
    }
  }

  private static Report read(SiteCaller caller, byte[] body) throws HttpFailure {
    if (body.length > MOST_BYTES) {
      throw bad(body.length + " bytes (expected: at most " + MOST_BYTES + ")");
    }
    Report report;
    try {
      report = SiteJson.read(body, Report.class);
    } catch (MalformedEventException e) {
      throw bad(String.valueOf(e.getMessage()));
    }
    if (!report.node().equals(caller.node())) {
      throw bad("of another node than the credential's, " + caller.node());
    }
    require("sequence", report.sequence() >= 1);
    require("version", report.version().length() <= LONGEST_VERSION);
    require("cursor", report.cursor() == null || report.cursor().length() <= Cursor.LONGEST);
    require("counts", report.counts().size() <= MOST_COUNTS);
    require(
        "exceptions",
        report.exceptions().size() <= SiteState.EXCEPTIONS
            && report.exceptions().stream().allMatch(e -> e.name().length() <= LONGEST_NAME));
    require("lineRate", report.lineRate() == null || report.lineRate() > 0);
    require("pulled", report.pulled().size() <= Report.PULLED);
    require(
        "missed",
        report.missed().size() <= Report.MISSED
            && report.missed().stream().allMatch(name -> name.length() <= LONGEST_NAME));
    return report;
  }

  private static void require(String field, boolean holds) throws HttpFailure {
    if (!holds) {
      throw bad(field + " is out of bounds");
    }
  }

  private static HttpFailure bad(String why) {
    return new HttpFailure(400, "BAD_REQUEST", "report: " + why);
  }

  private SiteState state(SiteCaller caller, Report report) {
    return new SiteState(
        caller.site(),
        caller.node(),
        hub,
        caller.joinedAt(),
        report.sequence(),
        report.version(),
        report.cursor() == null ? "" : report.cursor(),
        report.reportedAt(),
        clock.instant(),
        report.present(),
        report.behind(),
        report.behindSince(),
        report.lineBytes(),
        report.freeBytes(),
        report.totalBytes(),
        report.counts(),
        report.exceptions(),
        report.lineRate(),
        report.onDemand());
  }

  /** A site's pulls count only for images that exist for it. */
  private boolean isNamed(SiteGroup group, Digest digest) {
    return catalog.conversions().recordsOfDigest(digest).stream()
        .anyMatch(image -> group.rules().mayName(image.name()));
  }

  private boolean isKnown(SiteState report) {
    synchronized (last) {
      Last kept = last.get(report.key());
      return kept != null && !kept.isBefore(report);
    }
  }

  private void keep(SiteState report) {
    try {
      sink.keep(report);
      synchronized (last) {
        last.merge(
            report.key(),
            new Last(report.joinedAt(), report.sequence()),
            (kept, mine) -> kept.isBefore(report) ? mine : kept);
      }
      count("kept", 1);
    } catch (NotSentException e) {
      failed(report, String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      places.release();
    }
  }

  private void failed(SiteState report, String why) {
    count("failed", 1);
    LOG.warn("the report of {} is not kept: {}", report.key(), why);
  }

  @Override
  public void close() {
    threads.shutdownNow();
    threads.close();
  }
}
