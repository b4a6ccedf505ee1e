package dev.longshore.resolver.site;

import dev.longshore.events.Evidence;
import dev.longshore.events.ImageState;
import dev.longshore.events.ServedState;
import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.model.ModeName;
import dev.longshore.model.PeerName;
import dev.longshore.model.Recipe;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.RootCid;
import dev.longshore.resolver.testing.MirroredImage;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a hub tells of an image. */
record TwinImage(MirroredImage image, String mode, Digest source) {
  ServedState.Result result(Instant now, @Nullable String traceparent) {
    return new ServedState.Result(
        new ModeName(mode),
        source,
        image.digest(),
        new ImageDag(image.dag()),
        new RootCid(image.root()),
        image.image().blobBytes(),
        now,
        now,
        traceparent,
        now);
  }

  /**
   * Its record.
   *
   * @param subject what it refers to
   * @param own its digest, where that is not the source's
   */
  ImageState state(
      RepositoryName name, List<String> platforms, @Nullable Digest subject, @Nullable Digest own) {
    return new ImageState(
        source,
        new Recipe(mode),
        new ModeName(mode),
        image.image().root().mediaType(),
        new ImageDag(image.dag()),
        new RootCid(image.root()),
        image.manifest(),
        platforms,
        image.blobs().size(),
        image.image().blobBytes(),
        List.of(),
        new PeerName("ingest"),
        name,
        HubTwin.AT,
        subject,
        own,
        Evidence.READ);
  }
}
