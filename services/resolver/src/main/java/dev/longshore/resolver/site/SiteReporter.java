package dev.longshore.resolver.site;

import dev.longshore.events.AbsenceReason;
import dev.longshore.events.MalformedEventException;
import dev.longshore.events.SiteState;
import dev.longshore.events.SiteState.Absence;
import dev.longshore.events.SiteState.Amount;
import dev.longshore.events.SiteState.Count;
import dev.longshore.model.Digest;
import dev.longshore.resolver.site.KeepLoop.Obstacle;
import dev.longshore.resolver.site.SiteStore.Value;
import dev.longshore.sites.Report;
import dev.longshore.sites.SiteJson;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reports the node's state to the hub: after changes, and hourly. */
final class SiteReporter {
  private static final Logger LOG = LoggerFactory.getLogger(SiteReporter.class);
  private static final Duration EVERY = Duration.ofHours(1);

  /** More would take a thin line a second. */
  private static final int BYTES = 16 * 1024;

  /** Images that wait for their turn or time and are named: where few are missing, all are. */
  private static final int NAMED = 10;

  /** Stands for a name where nothing of an answer counts, whatever it names. */
  private static final String HUB = "the hub's answers";

  /** Stands for a name where the node's own disk is the matter. */
  private static final String DISK = "the site's disk";

  /** The same where lists are not whole, though each image that rules name may be here. */
  private static final String LISTS = "lists of referrers";

  private static final Duration SAID = Duration.ofDays(1);

  private static final Set<AbsenceReason> WAITING =
      EnumSet.of(AbsenceReason.UNDER_WAY, AbsenceReason.WINDOW, AbsenceReason.HELD);

  private static final String CUT = " FROM names WHERE removed = 0 AND left_out = 1";

  private final SiteStore store;
  private final SiteClock clock;
  private final Disk disk;
  private final Supplier<Obstacle> obstacle;
  private final MissedNames missed;
  private final String node;
  private final String version;

  /** Bytes over the line that the store does not have yet. */
  private final AtomicLong line = new AtomicLong();

  private final LineMeter meter = new LineMeter(System::nanoTime);

  private volatile @Nullable String problem;
  private @Nullable Report last;
  private final RemovalGuard held;

  SiteReporter(
      SiteStore store,
      SiteClock clock,
      Disk disk,
      Supplier<Obstacle> obstacle,
      MissedNames missed,
      String node,
      String version) {
    this.store = store;
    this.held = new RemovalGuard(store);
    this.clock = clock;
    this.disk = disk;
    this.obstacle = obstacle;
    this.missed = missed;
    this.node = node;
    this.version = version;
  }

  /** Counts bytes over the line. */
  void overTheLine(long bytes) {
    line.addAndGet(bytes);
    meter.came(bytes);
  }

  /** What is the matter with the hub's answers; nothing if null. */
  void problem(@Nullable String what) {
    problem = what;
  }

  /**
   * Whether there is something to be said now.
   *
   * @param onItsWay what the request that waits has told the hub; nothing if null
   */
  synchronized boolean isNews(@Nullable Report onItsWay) {
    Report now = look(0);
    return onItsWay == null
        ? isNew(now)
        : !alike(onItsWay, now)
            || isOld(onItsWay, now)
            || !onItsWay.pulled().containsAll(now.pulled())
            || !onItsWay.missed().containsAll(now.missed());
  }

  private boolean isNew(Report now) {
    Report before = last;
    return before == null
        || !alike(before, now)
        || isOld(before, now)
        || !now.pulled().isEmpty()
        || !now.missed().isEmpty();
  }

  /** What is to be said now, if anything; its number is taken. */
  synchronized Optional<Report> due() {
    keepLine();
    Report now = look(0);
    if (!isNew(now)) {
      return Optional.empty();
    }
    long sequence = store.number(Value.SEQUENCE) + 1;
    store.put(Value.SEQUENCE, sequence);
    return Optional.of(with(now, sequence, now.exceptions()));
  }

  private void keepLine() {
    long moved = line.getAndSet(0);
    if (moved > 0) {
      store.put(Value.LINE_BYTES, store.number(Value.LINE_BYTES) + moved);
    }
  }

  /** The hub has it. */
  synchronized void arrived(Report report) {
    last = report;
    missed.told(report.missed());
    store.write(
        session -> {
          for (Digest digest : report.pulled()) {
            session.update("DELETE FROM pulled WHERE digest = ?", digest.toString());
          }
        });
  }

  /** An image of that source digest was pulled here. */
  void pulled(Digest digest) {
    store.write(
        session -> session.update("INSERT OR IGNORE INTO pulled VALUES (?)", digest.toString()));
  }

  private static boolean isOld(Report before, Report now) {
    Duration since = Duration.between(before.reportedAt(), now.reportedAt());
    return since.isNegative() || since.compareTo(EVERY) >= 0;
  }

  /** But for what changes by itself, and for what was pulled or missed. */
  private static boolean alike(Report a, Report b) {
    return Objects.equals(a.cursor(), b.cursor())
        && a.present().equals(b.present())
        && a.behind().equals(b.behind())
        && Objects.equals(a.behindSince(), b.behindSince())
        && a.counts().equals(b.counts())
        && a.exceptions().equals(b.exceptions())
        && Objects.equals(a.onDemand(), b.onDemand());
  }

  private Report look(long sequence) {
    List<Absent> absent = absent();
    Disk.Space space = space();
    Report report =
        new Report(
            node,
            sequence,
            version,
            store.value(Value.CURSOR, text -> text),
            clock.instant(),
            present(),
            amount("NOT " + KeptDags.HELD),
            behindSince(),
            store.number(Value.LINE_BYTES),
            space.free(),
            space.total(),
            counts(absent),
            exceptions(absent),
            store.query(
                "SELECT digest FROM pulled LIMIT " + Report.PULLED,
                row -> Digest.stored(row.getString(1))),
            meter.bytesPerSecond(),
            onDemand(),
            missed.waiting());
    return fitting(report);
  }

  private Disk.Space space() {
    try {
      return disk.space();
    } catch (IOException e) {
      LOG.warn("the disk's space is not known: {}", e.getMessage());
      return new Disk.Space(0, 0);
    }
  }

  /** Images that rules name and that are here, or at the one node that keeps them. */
  Amount present() {
    return amount(KeptDags.HELD);
  }

  private Amount amount(String where) {
    return store
        .query(
            "SELECT COUNT(*), COALESCE(SUM(b), 0) FROM (SELECT MAX(v.bytes) AS b"
                + KeptDags.NAMED
                + " AND "
                + where
                + " GROUP BY v.dag)",
            row -> new Amount(row.getLong(1), row.getLong(2)))
        .getFirst();
  }

  private Amount onDemand() {
    return store
        .query(
            "SELECT COUNT(*), COALESCE(SUM(b), 0) FROM (SELECT MAX(v.bytes) AS b FROM versions v"
                + " JOIN dags d ON d.dag = v.dag WHERE d.present = 1 AND d.asked IS NOT NULL"
                + " AND d.unwanted_since IS NOT NULL GROUP BY v.dag)",
            row -> new Amount(row.getLong(1), row.getLong(2)))
        .getFirst();
  }

  private @Nullable Instant behindSince() {
    return store
        .query(
            "SELECT MIN(v.pushed)" + KeptDags.NAMED + " AND NOT " + KeptDags.HELD,
            row -> {
              long at = row.getLong(1);
              return row.wasNull()
                  ? Optional.<Instant>empty()
                  : Optional.of(Instant.ofEpochMilli(at));
            })
        .getFirst()
        .orElse(null);
  }

  /** A DAG that is wanted, and that the site lacks. */
  private record Absent(
      String key,
      long bytes,
      AbsenceReason reason,
      @Nullable String error,
      @Nullable Instant next) {}

  private List<Absent> absent() {
    Obstacle now = obstacle.get();
    return store.query(
        // What follows a name is named by itself: the name may show all that it is to show.
        "SELECT COALESCE(MIN(CASE WHEN v.subject IS NULL THEN v.key END),"
            + " MIN(v.repository || '@' || v.source)), MAX(v.bytes), d.reason, d.error, d.next_try"
            + KeptDags.NAMED
            + " AND NOT "
            + KeptDags.HELD
            + " GROUP BY v.dag ORDER BY MAX(d.attempts) DESC, MAX(n.priority)"
            + " DESC, MIN(v.pushed), v.dag",
        row -> {
          String reason = row.getString(3);
          String error = row.getString(4);
          long next = row.getLong(5);
          return now.reason() != null
              ? new Absent(row.getString(1), row.getLong(2), now.reason(), now.what(), null)
              : new Absent(
                  row.getString(1),
                  row.getLong(2),
                  reason == null ? AbsenceReason.UNDER_WAY : AbsenceReason.valueOf(reason),
                  error,
                  next == 0 ? null : Instant.ofEpochMilli(next));
        });
  }

  private static List<Count> counts(List<Absent> absent) {
    Map<AbsenceReason, Count> counts = new EnumMap<>(AbsenceReason.class);
    for (Absent each : absent) {
      counts.merge(
          each.reason(),
          new Count(each.reason(), 1, each.bytes()),
          (a, b) -> new Count(a.reason(), a.images() + b.images(), a.bytes() + b.bytes()));
    }
    return List.copyOf(counts.values());
  }

  /**
   * What is wrong with the hub is first. Of what waits for its turn or time a few are named, the
   * others counted.
   */
  private List<Absence> exceptions(List<Absent> absent) {
    List<Absence> all = new ArrayList<>();
    String wrong = problem;
    if (wrong != null) {
      all.add(new Absence(HUB, AbsenceReason.FAILED, wrong, null));
    }
    held.until().ifPresent(until -> all.add(held(until)));
    rotted().ifPresent(all::add);
    PinnedRot.said(store)
        .map(what -> new Absence(DISK, AbsenceReason.FAILED, KeptDags.cut(what), null))
        .ifPresent(all::add);
    cutLists().ifPresent(all::add);
    absent.stream()
        .filter(each -> !WAITING.contains(each.reason()))
        .limit(SiteState.EXCEPTIONS - all.size())
        .forEach(
            each -> all.add(new Absence(each.key(), each.reason(), each.error(), each.next())));
    absent.stream()
        .filter(each -> WAITING.contains(each.reason()))
        .limit(Math.min(NAMED, SiteState.EXCEPTIONS - all.size()))
        .forEach(each -> all.add(new Absence(each.key(), each.reason(), null, each.next())));
    return all;
  }

  /** What comes again is soon here: it is said for a day, as the disk may be failing. */
  private Optional<Absence> rotted() {
    return store
        .value(Value.ROTTED_AT)
        .map(Instant::parse)
        .filter(at -> clock.instant().isBefore(at.plus(SAID)))
        .flatMap(at -> store.value(Value.ROTTED).map(what -> at + ": " + what))
        .map(what -> new Absence(DISK, AbsenceReason.FAILED, what, null));
  }

  private Optional<Absence> cutLists() {
    return store
        .query(
            "SELECT COUNT(*), MIN(key)" + CUT,
            row -> Map.entry(row.getLong(1), String.valueOf(row.getString(2))))
        .stream()
        .filter(each -> each.getKey() > 0)
        .findFirst()
        .map(
            each ->
                new Absence(
                    LISTS,
                    AbsenceReason.FAILED,
                    "more refers to what %d names show, such as %s, than the hub tells of: what is left out is at their registry alone"
                        .formatted(each.getKey(), each.getValue()),
                    null));
  }

  /** Names whose referrers the hub does not send in full. */
  long cut() {
    return store.query("SELECT COUNT(*)" + CUT, row -> row.getLong(1)).getFirst();
  }

  private Absence held(Instant until) {
    return new Absence(
        HUB,
        AbsenceReason.FAILED,
        "%d names that are here are named no more, and %d images that are here by no name; they stay"
                .formatted(held.count(), held.orphans())
            + " until that is confirmed",
        until);
  }

  private static Report fitting(Report report) {
    Report fits = report;
    while (!fits.exceptions().isEmpty() && size(fits) > BYTES) {
      fits =
          with(fits, fits.sequence(), fits.exceptions().subList(0, fits.exceptions().size() / 2));
    }
    return fits;
  }

  private static int size(Report report) {
    try {
      return SiteJson.write(report).length;
    } catch (MalformedEventException e) {
      return Integer.MAX_VALUE;
    }
  }

  private static Report with(Report r, long sequence, List<Absence> exceptions) {
    return new Report(
        r.node(),
        sequence,
        r.version(),
        r.cursor(),
        r.reportedAt(),
        r.present(),
        r.behind(),
        r.behindSince(),
        r.lineBytes(),
        r.freeBytes(),
        r.totalBytes(),
        r.counts(),
        exceptions,
        r.pulled(),
        r.lineRate(),
        r.onDemand(),
        r.missed());
  }
}
