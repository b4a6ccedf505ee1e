package dev.longshore.resolver.hub;

import dev.longshore.catalog.ServedPlace;
import dev.longshore.events.AbsenceReason;
import dev.longshore.events.SiteState;
import dev.longshore.events.SiteState.Absence;
import dev.longshore.events.SiteState.Amount;
import dev.longshore.events.SiteState.Count;
import dev.longshore.resolver.hub.NamedByPosition.Rest;
import dev.longshore.resolver.hub.SiteLag.Node;
import dev.longshore.resolver.hub.SiteLag.Oldest;
import dev.longshore.resolver.hub.SiteLag.Remaining;
import dev.longshore.resolver.hub.SiteLag.State;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Evaluates a node's last report against the current state. */
final class ReportedNode {
  /** A connected node reports at least hourly. */
  private static final Duration OLD = Duration.ofHours(2);

  /** Reasons to wait for a time window or a person, on purpose. */
  private static final Set<AbsenceReason> WAITING =
      EnumSet.of(AbsenceReason.WINDOW, AbsenceReason.HELD);

  /** Reasons for images that will not come. */
  private static final Set<AbsenceReason> LEFT_OUT =
      EnumSet.of(AbsenceReason.EXCLUDED, AbsenceReason.SUPERSEDED);

  /** Reasons for images that do not come as fast as the line allows. */
  private static final Set<AbsenceReason> STUCK =
      EnumSet.of(AbsenceReason.FAILED, AbsenceReason.FULL, AbsenceReason.UNKNOWN);

  private final SiteState report;
  private final @Nullable SiteGroup group;
  private final NamedImages named;
  private final @Nullable Cursor cursor;
  private final boolean isOfTopic;
  private final Function<NamedImage, Optional<String>> key;

  /**
   * @param named the images that its group's rules name
   * @param place the position of topic {@code served}
   * @param key the name of an image
   */
  ReportedNode(
      SiteState report,
      Optional<SiteGroup> group,
      NamedImages named,
      @Nullable ServedPlace place,
      Function<NamedImage, Optional<String>> key) {
    this.report = report;
    this.group = group.orElse(null);
    this.named = named;
    this.cursor = Cursor.parse(report.cursor()).orElse(null);
    this.isOfTopic = cursor != null && place != null && cursor.topic().equals(place.topic());
    this.key = key;
  }

  Node at(Instant now) {
    Duration age = atLeastZero(Duration.between(report.receivedAt(), now));
    boolean old = age.compareTo(OLD) > 0;
    Rest unheard = unheard();
    Amount late = reported(reason -> !WAITING.contains(reason) && !LEFT_OUT.contains(reason));
    Amount lacking = new Amount(late.images() + unheard.images(), late.bytes() + unheard.bytes());
    Amount waiting = reported(WAITING::contains);
    List<String> problems =
        report.exceptions().stream()
            .filter(absence -> !isName(absence))
            .map(absence -> absence.name() + ": " + absence.error())
            .toList();
    return new Node(
        report.node(),
        old ? State.REPORT_ABSENT : state(lacking, waiting),
        report.version(),
        report.reportedAt(),
        report.receivedAt(),
        age,
        old,
        Duration.between(report.receivedAt(), report.reportedAt()),
        hasHeardRules(),
        report.present(),
        lacking,
        new Amount(unheard.images(), unheard.bytes()),
        waiting,
        report.counts().stream().filter(count -> count.images() > 0).toList(),
        report.exceptions().stream().filter(ReportedNode::isName).toList(),
        problems,
        oldest(late, unheard.oldest()),
        report.lineBytes(),
        report.lineRate(),
        report.freeBytes(),
        report.totalBytes(),
        remaining(lacking, waiting, old, now));
  }

  private static Duration atLeastZero(Duration time) {
    return time.isNegative() ? Duration.ZERO : time;
  }

  /** A problem of the whole node has words in place of a name. */
  static boolean isName(Absence absence) {
    return absence.name().indexOf(' ') < 0;
  }

  /** Whether its cursor covers everything that its group's rules name. */
  private boolean hasHeardRules() {
    return group != null
        && cursor != null
        && isOfTopic
        && cursor.rules().equals(group.rules().hash())
        && cursor.key() == null;
  }

  /** The images that it has yet to hear of: those after its cursor, or all. */
  private Rest unheard() {
    Cursor reached = cursor;
    if (group == null) {
      return Rest.NONE;
    }
    if (reached == null) {
      return named.of(group, NamedByPosition::all);
    }
    return isOfTopic ? named.of(group, all -> all.after(reached.offsets())) : Rest.NONE;
  }

  private Amount reported(Predicate<AbsenceReason> some) {
    long images = 0;
    long bytes = 0;
    long counted = 0;
    long countedBytes = 0;
    for (Count count : report.counts()) {
      counted += count.images();
      countedBytes += count.bytes();
      if (some.test(count.reason())) {
        images += count.images();
        bytes += count.bytes();
      }
    }
    // A node gives no reason for images that it does not count by reason.
    boolean restToo = some.test(AbsenceReason.UNKNOWN);
    return new Amount(
        images + (restToo ? Math.max(0, report.behind().images() - counted) : 0),
        bytes + (restToo ? Math.max(0, report.behind().bytes() - countedBytes) : 0));
  }

  private State state(Amount lacking, Amount waiting) {
    if (lacking.images() > 0 || !hasHeardRules()) {
      return State.BEHIND;
    }
    if (waiting.images() > 0) {
      return report.counts().stream()
              .anyMatch(count -> count.reason() == AbsenceReason.HELD && count.images() > 0)
          ? State.PAUSED
          : State.WINDOW;
    }
    return State.UP_TO_DATE;
  }

  private @Nullable Oldest oldest(Amount late, @Nullable NamedImage unheard) {
    Optional<Oldest> ofReport = late.images() > 0 ? oldestOfReport(late) : Optional.empty();
    Optional<Oldest> ofRest = Optional.ofNullable(unheard).map(this::oldest);
    if (ofReport.isPresent() && ofRest.isPresent()) {
      return ofReport.get().since().isAfter(ofRest.get().since()) ? ofRest.get() : ofReport.get();
    }
    return ofReport.or(() -> ofRest).orElse(null);
  }

  private Oldest oldest(NamedImage image) {
    return new Oldest(key.apply(image).orElse(null), image.time(), !image.isPushKnown());
  }

  /** The report has the push time of the oldest absent image, for any reason. */
  private Optional<Oldest> oldestOfReport(Amount late) {
    Instant since = report.behindSince();
    if (since != null && late.images() >= report.behind().images()) {
      return Optional.of(
          pushedAt(since).map(this::oldest).orElseGet(() -> new Oldest(null, since, true)));
    }
    return report.exceptions().stream()
        .filter(ReportedNode::isName)
        .filter(absence -> !WAITING.contains(absence.reason()))
        .filter(absence -> !LEFT_OUT.contains(absence.reason()))
        .flatMap(this::named)
        .min(Comparator.comparing(Oldest::since));
  }

  /** An image that it lists, or else any of its group's. */
  private Optional<NamedImage> pushedAt(Instant since) {
    SiteGroup its = group;
    if (its == null) {
      return Optional.empty();
    }
    long at = since.toEpochMilli();
    return report.exceptions().stream()
        .flatMap(absence -> named.ofName(its, absence.name()).stream())
        .filter(image -> image.since() == at)
        .findFirst()
        .or(() -> named.of(its, all -> all.pushedAt(at)));
  }

  private Stream<Oldest> named(Absence absence) {
    return group == null
        ? Stream.empty()
        : named.ofName(group, absence.name()).stream()
            .map(image -> new Oldest(absence.name(), image.time(), !image.isPushKnown()));
  }

  private @Nullable Remaining remaining(Amount lacking, Amount waiting, boolean old, Instant now) {
    long bytes = lacking.bytes() + waiting.bytes();
    boolean never = isThere(AbsenceReason.HELD) || isThere(AbsenceReason.FULL);
    Long limit = group == null ? null : group.line().bytesPerSecond();
    Long measured = report.lineRate();
    Long rate = measured == null || (limit != null && limit < measured) ? limit : measured;
    if (bytes == 0 || never || old || rate == null || rate <= 0) {
      return null;
    }
    Duration wait =
        isThere(AbsenceReason.WINDOW) && group != null
            ? OpenHours.next(group.line(), now)
                .map(opens -> Duration.between(now, opens))
                .orElse(Duration.ZERO)
            : Duration.ZERO;
    boolean atLeast =
        measured == null
            || !hasHeardRules()
            || STUCK.stream().anyMatch(this::isThere)
            || (group != null && !group.line().windows().isEmpty());
    return new Remaining(wait.plusSeconds((bytes + rate - 1) / rate), atLeast, measured != null);
  }

  private boolean isThere(AbsenceReason reason) {
    return report.counts().stream()
        .anyMatch(count -> count.reason() == reason && count.images() > 0);
  }
}
