package dev.longshore.app.backfill;

import dev.longshore.oci.source.RequestQuota;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How long a backfill takes at least: what bounds it is the slowest of some things that go on at
 * the same time.
 */
final class BackfillPace {
  private static final long MILLIS = 1_000;

  private final List<Part> parts = new ArrayList<>();

  /** Requests that a registry takes in a time, whatever they are for. */
  record Quota(long requests, Duration time) {}

  /**
   * One thing that takes its time.
   *
   * @param takes nothing if nobody knows
   */
  record Part(String name, Optional<Duration> takes, String words) {}

  /**
   * @param given bytes a second of the line, as the operator says
   * @param measured the same of one read, as recorded
   * @param quota of manifests
   */
  BackfillPace(
      List<RegistryWork> registries,
      OptionalLong given,
      OptionalLong measured,
      Optional<Quota> quota) {
    long bytes = registries.stream().mapToLong(work -> work.bytes).sum();
    for (RegistryWork work : registries) {
      parts.add(
          new Part(
              "requests",
              Optional.of(work.ofPolls()),
              "%d requests of polls and looks to %s, at %d a second (poll.requests-per-second)"
                  .formatted(work.polls + work.looks, work.host, work.perSecond())));
      parts.add(
          new Part(
              "reads",
              Optional.of(work.ofReads()),
              "%d requests of conversions to %s, at %d a second (poll.backfill-requests-per-second)"
                  .formatted(work.reads(), work.host, work.readsPerSecond())));
      parts.add(
          new Part(
              "share",
              Optional.of(work.ofShare()),
              "%d images of %s, %d at a time (poll.backfill), 250 ms each or more"
                  .formatted(work.images, work.host, work.atOnce())));
      quota
          .map(its -> new RequestQuota(its.requests(), its.time(), OptionalLong.empty()))
          .or(() -> work.quota)
          .ifPresent(its -> parts.add(ofQuota(work, its, quota.isPresent())));
    }
    OptionalLong rate = given.isPresent() ? given : measured;
    parts.add(
        new Part(
            "line",
            rate.isEmpty()
                ? Optional.empty()
                : Optional.of(
                    Duration.ofMillis((long) ((double) bytes * MILLIS / rate.getAsLong()))),
            "%s at %s"
                .formatted(
                    PlannedBackfill.size(bytes),
                    rate.isEmpty()
                        ? "a rate that nobody measured: give it, as in --rate 100MB"
                        : PlannedBackfill.size(rate.getAsLong())
                            + " a second"
                            + (given.isPresent() ? " (--rate)" : " (measured, one read)"))));
  }

  private static Part ofQuota(RegistryWork work, RequestQuota quota, boolean given) {
    long waiting = Math.max(0, work.manifests - quota.left().orElse(0));
    return new Part(
        "quota",
        Optional.of(quota.time().multipliedBy(waiting).dividedBy(quota.requests())),
        "%d manifests of %s, %d in %s%s (%s)"
            .formatted(
                work.manifests,
                work.host,
                quota.requests(),
                words(quota.time()),
                quota.left().isEmpty()
                    ? ""
                    : ", %d of them left now".formatted(quota.left().getAsLong()),
                given ? "--quota" : "as the registry says"));
  }

  List<Part> parts() {
    return List.copyOf(parts);
  }

  /** The slowest of those that are known. */
  Optional<Part> bound() {
    return parts.stream()
        .filter(part -> part.takes().isPresent())
        .max(Comparator.comparing(part -> part.takes().orElseThrow()));
  }

  /** The two largest units. */
  static String words(Duration time) {
    return time.toDays() > 0
        ? "%d d %d h".formatted(time.toDays(), time.toHoursPart())
        : time.toHours() > 0
            ? "%d h %d min".formatted(time.toHours(), time.toMinutesPart())
            : time.toMinutes() > 0
                ? "%d min %d s".formatted(time.toMinutes(), time.toSecondsPart())
                : "%d s".formatted(time.toSeconds());
  }
}
