package dev.longshore.resolver.image;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.CatalogException;
import dev.longshore.catalog.CatalogRecord;
import dev.longshore.catalog.CatalogSubscription;
import dev.longshore.events.CopiesState;
import dev.longshore.events.ImageState;
import dev.longshore.events.PinState;
import dev.longshore.model.ImageDag;
import dev.longshore.model.MalformedCidException;
import dev.longshore.resolver.content.UnavailableException;
import dev.longshore.runtime.service.lifecycle.Loop;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads images as they become listed, so that the first pull does not wait for that and their
 * referrers are known. Others are read on request.
 */
public final class ReadAhead implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ReadAhead.class);

  /** Limit of waiting images; a catalog that catches up brings more than anyone will ask for. */
  private static final int WAITING = 256;

  private final Listing listing;
  private final Images images;
  private final NewestFirst<ImageDag> waiting = new NewestFirst<>(WAITING);
  private final CatalogSubscription subscription;
  private final Loop worker;

  public ReadAhead(Catalog catalog, Listing listing, Images images) {
    this.listing = listing;
    this.images = images;
    this.subscription = catalog.onChange(this::changed);
    this.worker = Loop.started("look into new images", this::work);
  }

  private void changed(CatalogRecord record) {
    Optional<ImageDag> dag =
        switch (record.value()) {
          case PinState pin when pin.verified() > 0 -> Optional.of(pin.imageDag());
          // Either may come first, and who has it is known from the second.
          case CopiesState copies -> Optional.of(copies.imageDag());
          case ImageState image -> Optional.of(image.imageDag());
          case null, default -> Optional.empty();
        };
    dag.ifPresent(waiting::add);
  }

  private void work() throws InterruptedException {
    while (true) {
      expand(waiting.take());
    }
  }

  /** Records that nothing is read ahead any more, and why. */
  public Optional<String> trouble() {
    return worker.trouble();
  }

  private void expand(ImageDag dag) throws InterruptedException {
    try {
      // Records of its further copies come when it is read.
      if (images.knows(dag.cid())) {
        return;
      }
      Optional<Listed> listed = listing.dag(dag.cid());
      if (listed.isPresent()) {
        images.expand(listed.get().layout());
      }
    } catch (UnavailableException | UnknownException | MalformedCidException | CatalogException e) {
      LOG.info("image {} was not looked into yet: {}", dag, e.getMessage());
    }
  }

  @Override
  public void close() {
    subscription.close();
    worker.interrupt();
  }
}
