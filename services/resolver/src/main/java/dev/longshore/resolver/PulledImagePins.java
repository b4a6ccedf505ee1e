package dev.longshore.resolver;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.CatalogException;
import dev.longshore.catalog.CatalogSubscription;
import dev.longshore.events.Topic;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.check.PrivacyGuard;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.node.PinNames;
import dev.longshore.ipfs.node.PinProgress;
import dev.longshore.ipfs.node.RecursivePin;
import dev.longshore.model.Cid;
import dev.longshore.model.ImageDag;
import dev.longshore.resolver.image.Listed;
import dev.longshore.resolver.image.ResolvedContent;
import dev.longshore.resolver.registry.PullObserver;
import dev.longshore.runtime.service.lifecycle.Loop;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pins pulled images on the site's node, so that they survive its garbage collection and are there
 * in full when the other peers are away. Uses pins with its own name only, and removes only those,
 * once the catalog no longer has the image or it is forgotten.
 */
final class PulledImagePins implements PullObserver, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PulledImagePins.class);

  /** Limit of images waiting to be pinned; the next pull of a further one pins it. */
  private static final int WAITING = 256;

  private static final Duration SWEEP_EVERY = Duration.ofHours(1);
  private static final Duration PIN_LIMIT = Duration.ofHours(1);
  private static final Duration CALL_LIMIT = Duration.ofSeconds(30);

  private final IpfsNode node;
  private final Catalog catalog;
  private final Duration stall;
  private final boolean allowPublic;
  private final PrivacyGuard privacy;

  /** Images to pin; an empty one is a decision, after which pins may have to go. */
  private final BlockingQueue<Optional<Cid>> waiting = new ArrayBlockingQueue<>(WAITING);

  private final CatalogSubscription subscription;
  private final Loop worker;

  /**
   * Starts the work.
   *
   * @param stall longest time without a new block of an image
   * @param allowPublic whether to pin on a node that strangers can reach
   */
  PulledImagePins(
      IpfsNode node, Catalog catalog, Duration stall, boolean allowPublic, InstantSource clock) {
    this.node = node;
    this.catalog = catalog;
    this.stall = stall;
    this.allowPublic = allowPublic;
    this.privacy = new PrivacyGuard(CALL_LIMIT, clock);
    this.subscription =
        catalog.onChange(
            record -> {
              if (record.topic() == Topic.DECISIONS) {
                var _ = waiting.offer(Optional.empty());
              }
            });
    this.worker = Loop.started("keeper of pulled images", this::work);
  }

  @Override
  public void manifest(String reference, ResolvedContent found) {
    found
        .listed()
        .map(Listed::state)
        .map(image -> Optional.of(image.imageDag().cid()))
        .filter(dag -> !waiting.contains(dag))
        .ifPresent(waiting::offer);
  }

  @Override
  public void blob(ResolvedContent found) {}

  private void work() throws InterruptedException {
    sweep();
    while (true) {
      Optional<Cid> dag = waiting.poll(SWEEP_EVERY.toMillis(), TimeUnit.MILLISECONDS);
      if (dag == null || dag.isEmpty()) {
        sweep();
      } else {
        keep(dag.get());
      }
    }
  }

  /** Records that nothing is kept any more, and why. */
  Optional<String> trouble() {
    return worker.trouble();
  }

  private void keep(Cid dag) throws InterruptedException {
    try {
      if (catalog.decisions().isForgotten(new ImageDag(dag))) {
        return;
      }
      Optional<String> objection = privacy.objection(node, allowPublic);
      if (objection.isPresent()) {
        LOG.warn("{} is not kept: {}", dag, objection.get());
      } else if (!node.isPinned(dag, Deadline.after(CALL_LIMIT))) {
        node.pin(dag, PinNames.PULLED, stall, Deadline.after(PIN_LIMIT), PinProgress.NONE);
      }
    } catch (CatalogException e) {
      LOG.warn("{} is not kept until it is pulled again: {}", dag, e.getMessage());
    } catch (KuboException e) {
      giveUpIfInterrupted();
      privacy.forget(node);
      LOG.warn("{} is not kept until it is pulled again: {}", dag, e.getMessage());
    }
  }

  /**
   * Removes pins of images that are forgotten, or that the catalog no longer has, once the catalog
   * is complete.
   */
  private void sweep() throws InterruptedException {
    try {
      if (catalog.completeAt().isEmpty()) {
        return;
      }
      List<RecursivePin> pins = new ArrayList<>();
      node.pins(pins::add, Deadline.after(CALL_LIMIT));
      for (RecursivePin pin : pins) {
        if (pin.name().equals(PinNames.PULLED) && isNobodys(new ImageDag(pin.root()))) {
          node.unpin(pin.root(), PinNames.PULLED, Deadline.after(CALL_LIMIT));
        }
      }
    } catch (KuboException | CatalogException e) {
      giveUpIfInterrupted();
      LOG.warn("pins of images that are gone stay for now: {}", e.getMessage());
    }
  }

  private boolean isNobodys(ImageDag dag) {
    return catalog.conversions().firstByDag(dag).isEmpty() || catalog.decisions().isForgotten(dag);
  }

  private static void giveUpIfInterrupted() throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException("the resolver stops");
    }
  }

  @Override
  public void close() {
    subscription.close();
    worker.interrupt();
  }
}
