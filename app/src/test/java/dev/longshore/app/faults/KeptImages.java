package dev.longshore.app.faults;

import dev.longshore.events.CopiesState;
import dev.longshore.events.CopyPhase;
import dev.longshore.events.ImageState;
import dev.longshore.events.PinPhase;
import dev.longshore.events.PinState;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.IpfsDataException;
import dev.longshore.ipfs.kubo.KuboClient;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.node.LocalCheck;
import dev.longshore.ipfs.node.RecursivePin;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.model.PeerName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What must hold of all copies in the end, asked of the peers' own blocks and pins. */
final class KeptImages {
  static final int COPIES = 3;

  /** What is surplus goes after an hour. */
  private static final Set<CopyPhase> KNOWN = Set.of(CopyPhase.VERIFIED, CopyPhase.SURPLUS);

  private static final Duration CALL = Duration.ofSeconds(30);
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(300);
  private final KeepingCluster cluster;
  private final Set<Digest> kept = new LinkedHashSet<>();
  private final Set<Digest> forgotten = new LinkedHashSet<>();

  KeptImages(KeepingCluster cluster) {
    this.cluster = cluster;
  }

  void pushed(Digest digest) {
    if (!forgotten.contains(digest)) {
      kept.add(digest);
    }
  }

  void forgotten(Digest digest) {
    kept.remove(digest);
    forgotten.add(digest);
  }

  Set<Digest> kept() {
    return Set.copyOf(kept);
  }

  /** DAGs of those that have all their copies now. */
  Set<ImageDag> whole() {
    return kept.stream()
        .filter(digest -> missing(digest).isEmpty())
        .flatMap(digest -> cluster.catalog.conversions().ofDigest(digest).stream())
        .map(ImageState::imageDag)
        .collect(Collectors.toSet());
  }

  /** Waits until it holds. */
  void require(Duration limit) throws Exception {
    long end = System.nanoTime() + limit.toNanos();
    Optional<String> objection = objection();
    while (objection.isPresent()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("after " + limit + ": " + objection.get());
      }
      LockSupport.parkNanos(LOOK_NANOS);
      objection = objection();
    }
  }

  private Optional<String> objection() throws Exception {
    return Stream.<Look>of(this::missing, this::unwanted)
        .flatMap(look -> look.now().stream())
        .findFirst();
  }

  /** A look that finds what does not hold. */
  private interface Look {
    Optional<String> now();
  }

  private Optional<String> missing() {
    return kept.stream().flatMap(digest -> missing(digest).stream()).findFirst();
  }

  private Optional<String> missing(Digest digest) {
    List<ImageState> images = cluster.catalog.conversions().ofDigest(digest);
    if (images.isEmpty()) {
      return Optional.of(digest + " is not converted");
    }
    ImageDag dag = images.getFirst().imageDag();
    Optional<PinState> pin = cluster.catalog.pins().of(dag);
    CopiesState copies = cluster.catalog.copies().of(dag);
    if (pin.isEmpty() || pin.get().verified() < COPIES || !pin.get().ingestReleased()) {
      return Optional.of("%s has pins %s, copies %s".formatted(digest, pin, copies));
    }
    return copies.copies().stream()
        .filter(copy -> copy.state() == CopyPhase.VERIFIED)
        .filter(copy -> !hasEveryByte(copy.peer(), dag.cid()))
        .findFirst()
        .map(copy -> "%s is not whole on %s, says %s".formatted(digest, copy.peer(), copies));
  }

  private boolean hasEveryByte(PeerName peer, Cid dag) {
    try {
      KuboClient client = cluster.peer(peer.text()).client();
      var _ = client.verifyLocal(dag, LocalCheck.REHASH, soon());
      return client.isPinned(dag, soon());
    } catch (IpfsDataException | KuboException e) {
      return false;
    }
  }

  private Optional<String> unwanted() {
    return Stream.concat(
            forgotten.stream().flatMap(digest -> remaining(digest).stream()),
            cluster.names().stream().flatMap(peer -> stray(peer).stream()))
        .findFirst();
  }

  private Optional<String> remaining(Digest digest) {
    for (ImageState image : cluster.catalog.conversions().ofDigest(digest)) {
      Optional<PinState> pin = cluster.catalog.pins().of(image.imageDag());
      if (pin.filter(state -> state.state() != PinPhase.GONE).isPresent()) {
        return Optional.of("%s is forgotten, and has pins %s".formatted(digest, pin));
      }
      for (String peer : cluster.names()) {
        try {
          if (cluster.peer(peer).client().holds(image.imageDag().cid(), soon())) {
            return Optional.of("%s is forgotten, and on %s".formatted(digest, peer));
          }
        } catch (KuboException e) {
          return Optional.of(peer + " does not answer: " + e.getMessage());
        }
      }
    }
    return Optional.empty();
  }

  /** A pin of ours that no record knows. */
  private Optional<String> stray(String peer) {
    List<RecursivePin> pins = new ArrayList<>();
    try {
      cluster.peer(peer).client().pins(pins::add, soon());
    } catch (KuboException e) {
      return Optional.of(peer + " does not list its pins: " + e.getMessage());
    }
    return pins.stream()
        .filter(pin -> pin.name().startsWith("longshore:"))
        .filter(pin -> !isRecorded(pin.root(), new PeerName(peer)))
        .findFirst()
        .map(pin -> "%s has %s, which no record wants there".formatted(peer, pin));
  }

  private boolean isRecorded(Cid dag, PeerName peer) {
    return cluster.catalog.copies().of(new ImageDag(dag)).copies().stream()
        .anyMatch(copy -> copy.peer().equals(peer) && KNOWN.contains(copy.state()));
  }

  private static Deadline soon() {
    return Deadline.after(CALL);
  }
}
