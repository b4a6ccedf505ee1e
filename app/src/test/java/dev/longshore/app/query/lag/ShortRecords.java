package dev.longshore.app.query.lag;

import dev.longshore.catalog.testing.RecordLog;
import dev.longshore.catalog.testing.Samples;
import dev.longshore.events.Evidence;
import dev.longshore.events.ImageState;
import dev.longshore.events.Origin;
import dev.longshore.events.PinPhase;
import dev.longshore.events.PinState;
import dev.longshore.events.TagState;
import dev.longshore.model.ModeName;
import dev.longshore.model.PeerName;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Images with fewer copies than they are to have, and one that has all. */
final class ShortRecords {
  static final Instant NOW = Samples.NOW;

  private ShortRecords() {}

  static void put(RecordLog log) {
    image(log, 1, "few", "estargz", Origin.POLL, Duration.ofMinutes(10), 1, null);
    image(log, 2, "none", "plain", Origin.WEBHOOK, Duration.ofMinutes(4), 0, null);
    Instant whole = NOW.minus(Duration.ofDays(2));
    image(log, 3, "lost", "plain", Origin.WEBHOOK, Duration.ofMinutes(20), 2, whole);
    image(log, 4, "whole", "plain", Origin.WEBHOOK, Duration.ofMinutes(20), 3, whole);
  }

  private static void image(
      RecordLog log,
      int number,
      String repository,
      String mode,
      Origin origin,
      Duration ago,
      int verified,
      @Nullable Instant wholeAt) {
    RepositoryName name = RepositoryName.canonical("registry.test/team/" + repository);
    Instant at = NOW.minus(ago);
    ImageState image = Samples.image(number);
    log.put(
        new TagState(
            name,
            new Tag("1"),
            Samples.digest(number),
            image.mediaType(),
            1,
            List.of(),
            false,
            origin,
            at,
            at));
    log.put(
        new ImageState(
                image.digest(),
                image.recipe(),
                new ModeName(mode),
                image.mediaType(),
                image.imageDag(),
                image.root(),
                image.manifest(),
                image.platforms(),
                image.blobs(),
                image.bytes(),
                List.of(),
                image.ingestPeer(),
                name,
                at)
            .shownBy(Evidence.READ));
    log.put(
        new PinState(
            image.imageDag(),
            3,
            List.of(),
            new PeerName("peer-1"),
            true,
            at,
            2,
            verified,
            verified == 0 ? null : at,
            null,
            wholeAt,
            PinPhase.KEPT,
            wholeAt == null ? at : wholeAt));
  }
}
