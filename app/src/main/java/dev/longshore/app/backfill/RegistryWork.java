package dev.longshore.app.backfill;

import dev.longshore.oci.source.RequestQuota;
import dev.longshore.runtime.config.PollSettings;
import java.time.Duration;
import java.util.Optional;

/** What the backfill of one registry asks of it. */
final class RegistryWork {
  /** The backfill looks so often whether an image has its copies. */
  private static final Duration PER_IMAGE = Duration.ofMillis(250);

  final String host;
  private final PollSettings polled;

  /** Requests of this plan. */
  long ofPlan;

  /** How many manifests the registry gives in a time, if it says so. */
  Optional<RequestQuota> quota = Optional.empty();

  /** Answers that an earlier run of this plan had. */
  long remembered;

  /** Requests of the polls that find the images: they keep to the registry's budget. */
  long polls;

  /** Looks at what a poll told of. */
  long looks;

  /** Manifests and indexes to read: what Docker Hub counts as pulls. */
  long manifests;

  /** Configs and layers to read, each once for each mode that changes it. */
  long blobs;

  /** Questions whether a repository serves what another one was read from. */
  long questions;

  /** Bytes of the blobs. */
  long bytes;

  /** Images that leave the registry, so many at a time. */
  long images;

  RegistryWork(String host, PollSettings polled) {
    this.host = host;
    this.polled = polled;
  }

  long requests() {
    return polls + looks + reads();
  }

  /** What conversions ask, within the budget of backfill. */
  long reads() {
    return manifests + blobs + questions;
  }

  int readsPerSecond() {
    return polled.backfillRate();
  }

  Duration ofReads() {
    return Duration.ofSeconds(1).multipliedBy(reads()).dividedBy(readsPerSecond());
  }

  int perSecond() {
    return polled.requestsPerSecond();
  }

  int atOnce() {
    return polled.backfill();
  }

  /** As long as the polls, and the looks at what they found, take by their budget. */
  Duration ofPolls() {
    return Duration.ofSeconds(1).multipliedBy(polls + looks).dividedBy(perSecond());
  }

  /** The least that the images take, so many at a time. */
  Duration ofShare() {
    return PER_IMAGE.multipliedBy(images).dividedBy(atOnce());
  }
}
