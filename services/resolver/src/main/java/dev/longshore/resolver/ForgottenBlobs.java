package dev.longshore.resolver;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.CatalogException;
import dev.longshore.catalog.NewDecisions;
import dev.longshore.events.Decision;
import dev.longshore.events.DecisionState;
import dev.longshore.events.ImageState;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.model.RootCid;
import dev.longshore.resolver.content.BlobCache;
import dev.longshore.resolver.image.Images;
import dev.longshore.runtime.service.lifecycle.Loop;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes blobs from the cache that only forgotten images have. Looks again at an interval: a
 * download that was under way may end after the decision.
 */
final class ForgottenBlobs implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ForgottenBlobs.class);

  /** Longer than most downloads take; each look costs a query or two for each forgotten part. */
  private static final Duration AGAIN = Duration.ofMinutes(10);

  private static final int PAGE = 100;

  private final Catalog catalog;
  private final Images images;
  private final BlobCache cache;
  private final NewDecisions decisions;
  private final Loop worker;

  /** Starts the removal thread. */
  ForgottenBlobs(Catalog catalog, Images images, BlobCache cache) {
    this.catalog = catalog;
    this.images = images;
    this.cache = cache;
    this.decisions = new NewDecisions(catalog);
    this.worker = Loop.started("remover of what is forgotten", this::work);
  }

  /** Records that nothing is removed any more, and why. */
  Optional<String> trouble() {
    return worker.trouble();
  }

  private void work() throws InterruptedException {
    while (true) {
      try {
        look();
      } catch (CatalogException e) {
        LOG.warn("what is forgotten stays in the cache for now: {}", e.getMessage());
      }
      decisions.await(AGAIN);
    }
  }

  private void look() {
    Set<Digest> looked = new HashSet<>();
    String last = null;
    List<DecisionState> page;
    do {
      page = catalog.decisions().standing(Decision.Forget.class, last, PAGE);
      for (DecisionState decision : page) {
        catalog
            .decisions()
            .addForgottenBy(Objects.requireNonNull(decision.forget()), looked)
            .forEach(this::remove);
        last = decision.id();
      }
    } while (page.size() == PAGE);
  }

  private void remove(Digest source) {
    for (ImageState image : catalog.conversions().ofDigest(source)) {
      remove(image.imageDag().cid());
      remove(image.root().cid());
    }
  }

  private void remove(Cid image) {
    for (Digest part : images.parts(image)) {
      if (cache.holds(part) && images.imagesWith(part).allMatch(this::isForgotten)) {
        drop(part, image);
      }
    }
  }

  /** Whether no image that stays has this DAG or root. */
  private boolean isForgotten(Cid cid) {
    List<ImageState> roots = catalog.conversions().byRoot(new RootCid(cid));
    return roots.isEmpty()
        ? catalog.decisions().isForgotten(new ImageDag(cid))
        : roots.stream().allMatch(i -> catalog.decisions().isForgotten(i.digest()));
  }

  private void drop(Digest part, Cid image) {
    try {
      cache.drop(part);
      LOG.info("{} of the forgotten image {} is removed from the cache", part, image);
    } catch (IOException e) {
      LOG.warn("{} of the forgotten image {} stays in the cache: {}", part, image, e.getMessage());
    }
  }

  @Override
  public void close() {
    decisions.close();
    worker.interrupt();
  }
}
