package dev.longshore.converter;

import dev.longshore.converter.image.Announcements;
import dev.longshore.converter.image.ImageStore;
import dev.longshore.converter.image.ImageWork;
import dev.longshore.converter.ingest.IngestPeer;
import dev.longshore.converter.ingest.Spans;
import dev.longshore.converter.source.ImagePlan;
import dev.longshore.converter.source.Reason;
import dev.longshore.converter.source.SourceRepository;
import dev.longshore.model.Cid;
import dev.longshore.model.PeerName;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import dev.longshore.runtime.kafka.step.Progress;
import dev.longshore.runtime.kafka.step.TransientFailure;
import dev.longshore.runtime.service.endpoint.Endpoints;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ingest peers of the current settings. Each image is written to one, from its beginning to its
 * end: of those that have room, to the one that would be done first. One that fails is passed over,
 * and the image begins anew at another, with the same CIDs; if none is left it waits.
 */
final class Intakes {
  /** Name under which images wait while none of several peers takes any. */
  static final String ANY = "ingest peers";

  /** An image that finds no room fills the disk once more, so that is tried at long intervals. */
  private static final Duration FULL = Duration.ofMinutes(10);

  /** The least is the best; of equal ones, the first of the list. */
  private static final Comparator<Offer> BEST =
      Comparator.comparing((Offer offer) -> !offer.hasRoom())
          .thenComparingLong(offer -> offer.hasRoom() ? offer.toDo() : -offer.free())
          .thenComparingLong(Offer::lacking)
          .thenComparingLong(offer -> -offer.free());

  private static final Logger LOG = LoggerFactory.getLogger(Intakes.class);
  private final Map<Intake, ImageStore> stores = new LinkedHashMap<>();
  private final Intake first;
  private final Endpoints endpoints;

  /**
   * @param intakes at least one
   */
  Intakes(List<Intake> intakes, Announcements announcements, Spans spans, Endpoints endpoints) {
    this.first = intakes.getFirst();
    this.endpoints = endpoints;
    for (Intake intake : intakes) {
      stores.put(
          intake,
          new ImageStore(intake.peer(), intake.holds(), intake.blobs(), announcements, spans));
    }
  }

  /** Where one image is written to. */
  record Place(IngestPeer peer, ImageStore store) {}

  /** What writes an image to a peer, and may be begun anew at another. */
  @FunctionalInterface
  interface Writing<T> {
    T to(Place place) throws TransientFailure, PermanentFailure, InterruptedException;
  }

  List<Intake> all() {
    return List.copyOf(stores.keySet());
  }

  PeerName first() {
    return first.name();
  }

  boolean has(PeerName name) {
    return stores.keySet().stream().anyMatch(intake -> intake.name().equals(name));
  }

  private boolean isOne() {
    return stores.size() == 1;
  }

  /**
   * Call it before any of this, and again after a wait.
   *
   * @throws TransientFailure when the message must wait for a peer; nothing was tried
   */
  void requireOpen(Progress progress) throws TransientFailure {
    progress.require(isOne() ? first.peer().endpoint() : ANY);
  }

  /** Whether the repository says that it serves every config and layer. */
  boolean isServed(SourceRepository upstream, ImagePlan plan)
      throws TransientFailure, PermanentFailure, InterruptedException {
    return first.blobs().areServed(upstream, plan.blobs().values());
  }

  /**
   * A peer that has the DAG pinned. Those that do not answer count as if they had not, unless none
   * does; a full one answers.
   *
   * @param likely the name of the one to ask first
   */
  Optional<PeerName> holder(Cid dag, PeerName likely)
      throws TransientFailure, PermanentFailure, InterruptedException {
    if (isOne()) {
      return first.peer().isPinned(dag) ? Optional.of(first.name()) : Optional.empty();
    }
    List<Intake> order = new ArrayList<>(stores.keySet());
    order.sort(
        Comparator.comparing((Intake intake) -> !answers(intake))
            .thenComparing(intake -> !intake.name().equals(likely)));
    boolean answered = false;
    for (Intake intake : order) {
      // One that fails is asked for want of others only.
      if (answered && !answers(intake)) {
        break;
      }
      try {
        if (intake.peer().isPinned(dag)) {
          return Optional.of(intake.name());
        }
        answered = true;
      } catch (TransientFailure | PermanentFailure e) {
        failed(intake, e, false);
      }
    }
    if (!answered) {
      throw none();
    }
    return Optional.empty();
  }

  private boolean answers(Intake intake) {
    return intake.isFull() || endpoints.isOpen(intake.gate());
  }

  /**
   * Whether one of them has this block.
   *
   * @throws TransientFailure when one that may have it does not say
   */
  boolean anyHolds(Cid cid) throws TransientFailure, PermanentFailure, InterruptedException {
    for (Intake intake : stores.keySet()) {
      if (intake.peer().holds(cid)) {
        return true;
      }
    }
    return false;
  }

  /** Has the image written to a peer, and to another if that fails. */
  <T> T write(ImageWork work, Progress progress, Writing<T> writing)
      throws TransientFailure, PermanentFailure, InterruptedException {
    if (isOne()) {
      return writing.to(place(first));
    }
    // Who is let through while all images wait tries each peer, whenever that failed.
    boolean triesAll = endpoints.trouble(ANY).isPresent();
    Set<Intake> left = new LinkedHashSet<>(stores.keySet());
    Set<Intake> others = new LinkedHashSet<>(stores.keySet());
    for (Optional<Choice> next = choose(work, left, triesAll, progress);
        next.isPresent();
        next = choose(work, left, triesAll, progress)) {
      Intake intake = next.get().intake();
      left.remove(intake);
      try {
        T done = writing.to(place(intake));
        wrote(work, intake);
        return done;
      } catch (TransientFailure e) {
        if (!e.endpoint().equals(intake.peer().endpoint())) {
          throw e;
        }
        failed(intake, e, IngestPeer.isFull(e));
      } catch (PermanentFailure e) {
        others.remove(intake);
        // It may be the peer's fault: the others tell.
        if (!Reason.PEER_REFUSED.isOf(e) || others.isEmpty()) {
          throw e;
        }
        LOG.warn("{} does not take {}: {}", intake.name(), work.plan().digest(), e.getMessage());
      } finally {
        intake.writes(-next.get().bytes());
      }
    }
    throw others.size() == stores.size() ? none() : waitsFor(others.iterator().next());
  }

  private Place place(Intake intake) {
    return new Place(intake.peer(), Objects.requireNonNull(stores.get(intake)));
  }

  private void wrote(ImageWork work, Intake intake) {
    endpoints.succeeded(intake.gate());
    endpoints.succeeded(ANY);
    stores.keySet().stream()
        .filter(other -> !other.equals(intake))
        .forEach(other -> other.holds().end(work.plan().digest()));
  }

  private void failed(Intake intake, Exception e, boolean isFull) {
    String cause = Reason.text(e);
    LOG.warn("{} takes in no images for now: {}", intake.name(), cause);
    intake.setFull(isFull);
    endpoints.failed(intake.gate(), cause, isFull ? FULL : null);
  }

  /** What to say when each of them was tried or is known to fail. */
  private TransientFailure none() {
    String causes =
        stores.keySet().stream()
            .map(Intake::gate)
            .map(gate -> gate + ": " + endpoints.trouble(gate).orElse("does not take this image"))
            .collect(Collectors.joining("; "));
    return new TransientFailure(
        ANY, "none of the ingest peers takes in images: " + causes, null, null);
  }

  /** What to say of an image that others refuse: these may take the next. */
  private TransientFailure waitsFor(Intake intake) {
    endpoints.succeeded(ANY);
    return TransientFailure.heldBack(
        intake.gate(), endpoints.trouble(intake.gate()).orElse("was away a moment ago"));
  }

  /**
   * One of the peers for this image.
   *
   * @param bytes that it lacks, which count as under way there from now on
   */
  private record Choice(Intake intake, long bytes) {}

  /**
   * One whose pause has ended comes first: whoever may try it has to. Then what is open.
   *
   * @param left peers that were not tried yet; those that do not answer leave it
   */
  private Optional<Choice> choose(
      ImageWork work, Set<Intake> left, boolean triesAll, Progress progress)
      throws InterruptedException {
    List<Offer> open = new ArrayList<>();
    for (Intake intake : List.copyOf(left)) {
      boolean isOpen = endpoints.isOpen(intake.gate());
      if (isOpen || progress.tries(intake.gate()) || endpoints.mayPass(intake.gate())) {
        Optional<Offer> offer = offer(intake, work, left);
        if (!isOpen && offer.isPresent()) {
          return Optional.of(take(offer.get()));
        }
        offer.ifPresent(open::add);
      }
    }
    if (open.isEmpty() && triesAll) {
      for (Intake intake : List.copyOf(left)) {
        offer(intake, work, left).ifPresent(open::add);
      }
    }
    return best(open);
  }

  /**
   * What a peer would need for the image.
   *
   * @param lacking bytes that it lacks
   */
  private record Offer(Intake intake, Intake.Space space, long lacking) {
    /** Bytes until the image is done: those under way there come first. */
    long toDo() {
      return intake.underWay() + lacking;
    }

    long free() {
      return space.free() - toDo();
    }

    boolean hasRoom() {
      return free() >= space.reserve();
    }
  }

  private Optional<Offer> offer(Intake intake, ImageWork work, Set<Intake> left)
      throws InterruptedException {
    try {
      return Optional.of(
          new Offer(intake, intake.space(), intake.blobs().lacking(work.tasks().values())));
    } catch (TransientFailure | PermanentFailure e) {
      failed(intake, e, false);
      left.remove(intake);
      return Optional.empty();
    }
  }

  /** Chooses for one image at a time, so that each sees what the others take. */
  private synchronized Optional<Choice> best(List<Offer> offers) {
    return offers.stream().min(BEST).map(Intakes::take);
  }

  private static Choice take(Offer offer) {
    offer.intake().writes(offer.lacking());
    return new Choice(offer.intake(), offer.lacking());
  }
}
