package dev.longshore.pinner;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.CatalogException;
import dev.longshore.catalog.Fleet;
import dev.longshore.events.CopyPhase;
import dev.longshore.events.PeerPhase;
import dev.longshore.events.PeerState;
import dev.longshore.model.PeerName;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.metrics.ObservableDoubleMeasurement;
import io.opentelemetry.api.metrics.ObservableLongMeasurement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Exports the state of images and peers for the partitions that this process holds: images by the
 * partition of their CID, a peer by that of its name. So the metrics of several pinners add up.
 */
final class FleetMeter {
  private static final AttributeKey<String> PEER = AttributeKey.stringKey("peer");
  private static final AttributeKey<String> STATE = AttributeKey.stringKey("state");
  private static final AttributeKey<String> CAUSE = AttributeKey.stringKey("cause");
  private static final AttributeKey<String> GUARD = AttributeKey.stringKey("guard");
  private static final Logger LOG = LoggerFactory.getLogger(FleetMeter.class);

  private final Catalog catalog;
  private final Supplier<Peers> peers;
  private final Supplier<List<StandingGuard>> guards;
  private final Proofs proofs;
  private final InstantSource clock;
  private final ObservableLongMeasurement images;
  private final ObservableLongMeasurement belowWanted;
  private final ObservableLongMeasurement belowMin;
  private final ObservableLongMeasurement atOneCopy;
  private final ObservableLongMeasurement withoutCopy;
  private final ObservableLongMeasurement lost;
  private final ObservableDoubleMeasurement dangerAge;
  private final ObservableDoubleMeasurement shortAge;
  private final ObservableLongMeasurement copies;
  private final ObservableLongMeasurement copiesSize;
  private final ObservableLongMeasurement free;
  private final ObservableLongMeasurement total;
  private final ObservableLongMeasurement state;
  private final ObservableLongMeasurement unproven;
  private final ObservableDoubleMeasurement provenAge;
  private final ObservableLongMeasurement held;
  private final ObservableDoubleMeasurement guardAge;
  private volatile @Nullable HeldPartitions partitions;

  /**
   * @param guards current guards
   */
  FleetMeter(
      Catalog catalog,
      Supplier<Peers> peers,
      Supplier<List<StandingGuard>> guards,
      Proofs proofs,
      Meter meter,
      InstantSource clock) {
    this.catalog = catalog;
    this.peers = peers;
    this.guards = guards;
    this.proofs = proofs;
    this.clock = clock;
    this.images =
        meter
            .gaugeBuilder("longshore.pinner.images")
            .setUnit("{image}")
            .setDescription("Image DAGs that are to be kept")
            .ofLongs()
            .buildObserver();
    this.belowWanted =
        meter
            .gaugeBuilder("longshore.pinner.images_below_wanted")
            .setUnit("{image}")
            .setDescription("Those with fewer verified copies than wanted")
            .ofLongs()
            .buildObserver();
    this.belowMin =
        meter
            .gaugeBuilder("longshore.pinner.images_below_min")
            .setUnit("{image}")
            .setDescription("Those with fewer verified copies than the least number")
            .ofLongs()
            .buildObserver();
    this.atOneCopy =
        meter
            .gaugeBuilder("longshore.pinner.images_at_one_copy")
            .setUnit("{image}")
            .setDescription("Those with one verified copy where more are wanted")
            .ofLongs()
            .buildObserver();
    this.withoutCopy =
        meter
            .gaugeBuilder("longshore.pinner.images_without_copy")
            .setUnit("{image}")
            .setDescription("Those without a verified copy, new ones too")
            .ofLongs()
            .buildObserver();
    this.lost =
        meter
            .gaugeBuilder("longshore.pinner.images_lost")
            .setUnit("{image}")
            .setDescription("Those that had a verified copy and have none")
            .ofLongs()
            .buildObserver();
    this.dangerAge =
        meter
            .gaugeBuilder("longshore.pinner.danger_age")
            .setUnit("s")
            .setDescription(
                "Time since anything changed at the image that waits longest with one copy or"
                    + " none, though more are wanted; 0 if there is none, or bytes come")
            .buildObserver();
    this.shortAge =
        meter
            .gaugeBuilder("longshore.pinner.short_age")
            .setUnit("s")
            .setDescription(
                "Time since anything changed at the image that waits longest for a copy that it"
                    + " wants; 0 if none does")
            .buildObserver();
    this.copies =
        meter
            .gaugeBuilder("longshore.peer.copies")
            .setUnit("{copy}")
            .setDescription("Copies at a peer by their state")
            .ofLongs()
            .buildObserver();
    this.copiesSize =
        meter
            .gaugeBuilder("longshore.peer.copies_size")
            .setUnit("By")
            .setDescription("Bytes of these copies; what images share counts each time")
            .ofLongs()
            .buildObserver();
    this.free =
        meter
            .gaugeBuilder("longshore.peer.free")
            .setUnit("By")
            .setDescription("Bytes that a peer may still store, as it said last")
            .ofLongs()
            .buildObserver();
    this.total =
        meter
            .gaugeBuilder("longshore.peer.total")
            .setUnit("By")
            .setDescription("Bytes that a peer may store in all")
            .ofLongs()
            .buildObserver();
    this.state =
        meter
            .gaugeBuilder("longshore.peer.state")
            .setDescription("Whether a peer is up, away, lost, full, on_hold or draining: 1 or 0")
            .ofLongs()
            .buildObserver();
    this.unproven =
        meter
            .gaugeBuilder("longshore.peer.unproven_copies")
            .setUnit("{copy}")
            .setDescription(
                "Copies, about, that were not read within the time in which all should be; 0"
                    + " while reading keeps up")
            .ofLongs()
            .buildObserver();
    this.provenAge =
        meter
            .gaugeBuilder("longshore.peer.proven_age")
            .setUnit("s")
            .setDescription("Time since all copies of a peer were read, or since that first began")
            .buildObserver();
    this.held =
        meter
            .gaugeBuilder("longshore.guard.held")
            .setDescription("Copies (lost, left) or images (moves, releases) that a guard stops")
            .ofLongs()
            .buildObserver();
    this.guardAge =
        meter
            .gaugeBuilder("longshore.guard.age")
            .setUnit("s")
            .setDescription("Time since what a guard is about began; 0 while it holds nothing")
            .buildObserver();
    var _ =
        meter.batchCallback(
            this::tell,
            images,
            belowWanted,
            belowMin,
            atOneCopy,
            withoutCopy,
            lost,
            dangerAge,
            shortAge,
            copies,
            copiesSize,
            free,
            total,
            state,
            unproven,
            provenAge,
            held,
            guardAge);
  }

  /** Starts to export what this process holds. */
  void begin(Hosted host) {
    partitions = new HeldPartitions(host);
  }

  private void tell() {
    HeldPartitions its = partitions;
    if (its == null) {
      return;
    }
    try {
      if (catalog.completeAt().isPresent()) {
        tell(its);
      }
    } catch (CatalogException e) {
      LOG.debug("the store cannot be read for metrics: {}", e.getMessage());
    }
  }

  private void tell(HeldPartitions its) {
    Fleet fleet = catalog.fleet();
    Set<Integer> here = its.numbers();
    fleet.images(here).ifPresent(this::tell);
    for (boolean wholeOnce : List.of(true, false)) {
      double age = fleet.inDangerSince(here, wholeOnce).map(this::seconds).orElse(0.0);
      dangerAge.record(age, Attributes.of(CAUSE, CopyMeter.cause(wholeOnce)));
    }
    shortAge.record(fleet.shortSince(here).map(this::seconds).orElse(0.0));
    List<Peer> keepers = peers.get().keepers();
    List<Fleet.Held> counted = fleet.copies(here);
    tellCopies(counted, keepers);
    Map<PeerName, Long> verified =
        counted.stream()
            .filter(one -> one.state() == CopyPhase.VERIFIED)
            .collect(Collectors.toMap(Fleet.Held::peer, Fleet.Held::copies));
    tellGuards(verified, here.contains(0));
    List<Fleet.Held> all =
        here.size() == HeldPartitions.ALL.size() ? counted : fleet.copies(HeldPartitions.ALL);
    keepers.stream()
        .filter(peer -> its.holds(peer.name()))
        .forEach(peer -> tellPeer(peer.name(), all));
  }

  private void tell(Fleet.Images now) {
    images.record(now.images());
    belowWanted.record(now.belowWanted());
    belowMin.record(now.belowMin());
    atOneCopy.record(now.atOneCopy());
    withoutCopy.record(now.withoutCopy());
    lost.record(now.lost());
  }

  /** Includes a peer that left the settings while it is recorded to have copies. */
  private void tellCopies(Collection<Fleet.Held> counted, Collection<Peer> keepers) {
    Set<PeerName> names = keepers.stream().map(Peer::name).collect(Collectors.toSet());
    for (Fleet.Held one : counted) {
      if (one.copies() > 0 || names.contains(one.peer())) {
        Attributes attributes =
            Attributes.of(PEER, one.peer().text(), STATE, lower(one.state().name()));
        copies.record(one.copies(), attributes);
        copiesSize.record(one.bytes(), attributes);
      }
    }
  }

  private void tellGuards(Map<PeerName, Long> verified, boolean isFirst) {
    for (StandingGuard guard : guards.get()) {
      Attributes attributes = Attributes.of(GUARD, guard.name());
      held.record(guard.holds(verified, isFirst), attributes);
      Instant since = guard.since();
      guardAge.record(since == null ? 0 : seconds(since), attributes);
    }
  }

  private void tellPeer(PeerName peer, List<Fleet.Held> counted) {
    catalog.peers().of(peer).ifPresent(this::tellState);
    List<Fleet.Held> its =
        counted.stream()
            .filter(one -> one.peer().equals(peer))
            .filter(one -> one.state() == CopyPhase.VERIFIED || one.state() == CopyPhase.SURPLUS)
            .toList();
    long number = its.stream().mapToLong(Fleet.Held::copies).sum();
    long bytes = its.stream().mapToLong(Fleet.Held::bytes).sum();
    proofs
        .of(peer, number, bytes)
        .ifPresent(
            proof -> {
              Attributes attributes = Attributes.of(PEER, peer.text());
              unproven.record(proof.unproven(), attributes);
              provenAge.record(proof.age().toMillis() / 1000.0, attributes);
            });
  }

  private void tellState(PeerState peer) {
    tell(peer, "up", peer.state() == PeerPhase.UP);
    tell(peer, "away", peer.state() == PeerPhase.AWAY);
    tell(peer, "lost", peer.state() == PeerPhase.LOST);
    tell(peer, "full", peer.fullSince() != null);
    tell(peer, "on_hold", peer.onHoldSince() != null);
    tell(peer, "draining", peer.drainingSince() != null);
    Attributes attributes = Attributes.of(PEER, peer.peer().text());
    if (peer.freeBytes() != null) {
      free.record(peer.freeBytes(), attributes);
    }
    if (peer.totalBytes() != null) {
      total.record(peer.totalBytes(), attributes);
    }
  }

  private void tell(PeerState peer, String what, boolean is) {
    state.record(is ? 1 : 0, Attributes.of(PEER, peer.peer().text(), STATE, what));
  }

  private double seconds(Instant since) {
    return Math.max(0, Duration.between(since, clock.instant()).toMillis() / 1000.0);
  }

  private static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
