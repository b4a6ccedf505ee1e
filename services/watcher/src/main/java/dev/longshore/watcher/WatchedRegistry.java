package dev.longshore.watcher;

import dev.longshore.events.Origin;
import dev.longshore.model.RegistryHost;
import dev.longshore.oci.source.ImageSource;
import dev.longshore.watcher.sender.Distribution;
import dev.longshore.watcher.sender.Sender;

/**
 * A source whose pushes are mirrored.
 *
 * @param name its name in the configuration, the source of its hints
 * @param host the host in its images' names
 * @param sender who sends its notifications
 * @param images the client that reads it
 * @param forPolls the same for all that is no fresh push, within its budget of requests
 * @param endpoint name under which all its work pauses when it is away
 * @param polled its polled repositories
 * @param readiness checks whether an image is whole
 */
record WatchedRegistry(
    String name,
    RegistryHost host,
    Sender sender,
    ImageSource images,
    ImageSource forPolls,
    String endpoint,
    RepositoryPatterns polled,
    Readiness readiness) {
  WatchedRegistry(
      String name,
      RegistryHost host,
      Sender sender,
      ImageSource images,
      ImageSource forPolls,
      RepositoryPatterns polled) {
    this(name, host, sender, images, forPolls, "registry " + host, polled, Readiness.ALWAYS);
  }

  /**
   * As a look for a fresh push asks: at once. Its answer says for all whether the source is away.
   */
  SourceUse forFreshPushes() {
    return new SourceUse(images, endpoint, endpoint);
  }

  /** As polls ask, and looks at what they and {@code sync} found. */
  SourceUse ofPolls() {
    return new SourceUse(forPolls, "polls of " + endpoint, endpoint);
  }

  /** As looks at what was there before ask. */
  SourceUse ofBackfill() {
    return new SourceUse(forPolls, "backfill of " + endpoint, endpoint);
  }

  /** As the look for a hint that came like this asks. */
  SourceUse of(Origin origin) {
    return switch (origin) {
      case WEBHOOK, PUSH, CONTAINERD, SITE, UNKNOWN -> forFreshPushes();
      case POLL, SYNC -> ofPolls();
      case BACKFILL -> ofBackfill();
    };
  }

  /** A registry whose notifications are those of the CNCF registry. */
  WatchedRegistry(String name, RegistryHost host, ImageSource images, RepositoryPatterns polled) {
    this(name, host, new Distribution("distribution"), images, images, polled);
  }
}
