package dev.longshore.pinner;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.Decision;
import dev.longshore.ipfs.node.PinNames;
import dev.longshore.model.Cid;
import dev.longshore.model.ImageDag;
import dev.longshore.model.MalformedCidException;
import dev.longshore.model.PeerName;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.Meter;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pins with a name of ours and no record of what they hold. They stay: the record may be lost, and
 * they may be all that is left of an image. Only a pin whose name has a forgotten digest is to go,
 * with all others of its root. A pin counts from the second look on, since a conversion pins before
 * it records.
 */
final class UnknownPins {
  /** Keys in one read. */
  private static final int PAGE = 5_000;

  /** Limit of unrecorded and of forgotten images that one look requests. */
  private static final int MOST = 1_000;

  private static final Logger LOG = LoggerFactory.getLogger(UnknownPins.class);
  private static final AttributeKey<String> PEER = AttributeKey.stringKey("peer");
  private final Catalog catalog;
  private final RecordChanges changes;
  private final String pinPrefix;
  private final Map<PeerName, Seen> last = new ConcurrentHashMap<>();
  private final Map<PeerName, Long> heeded = new ConcurrentHashMap<>();
  private Recorded recorded = new Recorded(-1, CompactCids.NONE);

  /**
   * The result of the last look at a peer.
   *
   * @param unknown all unknown pins
   * @param count how many were unknown at the previous look as well; empty at the first look
   */
  private record Seen(CompactCids unknown, OptionalLong count) {}

  /**
   * A snapshot of the records.
   *
   * @param changes number of their changes at that time
   */
  private record Recorded(long changes, CompactCids dags) {}

  /**
   * @param pinPrefix how the names of this installation's pins begin
   */
  UnknownPins(Catalog catalog, RecordChanges changes, String pinPrefix) {
    this.catalog = catalog;
    this.changes = changes;
    this.pinPrefix = pinPrefix;
  }

  /** Adds gauge {@code longshore.pinner.unknown_pins} to the meter. */
  void register(Meter meter) {
    meter
        .gaugeBuilder("longshore.pinner.unknown_pins")
        .setDescription("Pins of this installation at a peer that no record knows")
        .ofLongs()
        .buildWithCallback(
            gauge ->
                last.forEach(
                    (peer, seen) ->
                        seen.count()
                            .ifPresent(
                                count -> gauge.record(count, Attributes.of(PEER, peer.text())))));
  }

  /** Number of unknown pins on the peer; empty before the second look at it. */
  OptionalLong at(PeerName peer) {
    Seen seen = last.get(peer);
    return seen == null ? OptionalLong.empty() : seen.count();
  }

  /**
   * Number of decisions to forget that the last look at the peer heeded, and at all peers that keep
   * no copies: it found no pin of a forgotten image without a record. Empty before the first.
   */
  Optional<Long> forgetsHeeded(PeerName peer) {
    return Optional.ofNullable(heeded.get(peer));
  }

  /** Begins a look at all peers. */
  Look look() {
    long forgets = catalog.decisions().count(Decision.Forget.class);
    long count = changes.count();
    if (recorded.changes() != count) {
      recorded = new Recorded(count, recordedDags());
    }
    return new Look(recorded.dags(), forgets);
  }

  private CompactCids recordedDags() {
    CompactCids recorded = new CompactCids();
    @Nullable ImageDag after = null;
    List<ImageDag> page;
    do {
      page = catalog.pins().dags(after, PAGE);
      page.forEach(dag -> add(dag, recorded));
      after = page.isEmpty() ? null : page.getLast();
    } while (page.size() == PAGE);
    return recorded.sorted();
  }

  private static void add(ImageDag dag, CompactCids recorded) {
    try {
      recorded.add(dag.cid());
    } catch (MalformedCidException e) {
      LOG.debug("a record of copies is passed over: {}", e.getMessage());
    }
  }

  /** One look; peers are read in parallel. */
  final class Look {
    private final CompactCids recorded;
    private final long forgets;
    private final Set<PeerName> clean = ConcurrentHashMap.newKeySet();
    private final Set<ImageDag> unrecorded = ConcurrentHashMap.newKeySet();
    private final Set<ImageDag> forgotten = ConcurrentHashMap.newKeySet();

    private Look(CompactCids recorded, long forgets) {
      this.recorded = recorded;
      this.forgets = forgets;
    }

    /** All peers that answer were looked at. */
    void ended(Peers peers) {
      if (peers.others().stream().map(Peer::name).allMatch(clean::contains)) {
        clean.forEach(peer -> heeded.put(peer, forgets));
      }
    }

    /** Known, pinned images without a record of their copies. */
    Set<ImageDag> unrecorded() {
      return new HashSet<>(unrecorded);
    }

    /** Images that nothing tells of but the name of a pin, which says that they are forgotten. */
    Set<ImageDag> forgotten() {
      return new HashSet<>(forgotten);
    }

    OfPeer at(Peer peer) {
      return new OfPeer(peer);
    }

    /** The pins of one peer. */
    final class OfPeer {
      private final Peer peer;
      private final @Nullable Seen before;
      private final CompactCids unknown = new CompactCids();
      private long count;
      private boolean isClean = true;
      private @Nullable Cid example;

      private OfPeer(Peer peer) {
        this.peer = peer;
        this.before = last.get(peer.name());
      }

      /** Checks a pin with a name of ours; returns whether it has a record. */
      boolean isRecorded(Cid root, String name) {
        if (recorded.contains(root)) {
          return true;
        }
        lookAt(root, name);
        return false;
      }

      private void lookAt(Cid root, String name) {
        ImageDag dag = new ImageDag(root);
        if (catalog.conversions().firstByDag(dag).isPresent()) {
          if (unrecorded.size() < MOST) {
            unrecorded.add(dag);
          }
          return;
        }
        unknown.add(root);
        boolean isForgotten = isForgotten(name);
        isClean &= !isForgotten;
        if (before != null && before.unknown().contains(root)) {
          count++;
          example = root;
          if (forgotten.size() < MOST && isForgotten) {
            forgotten.add(dag);
          }
        }
      }

      private boolean isForgotten(String name) {
        return PinNames.source(pinPrefix, name)
            .filter(catalog.decisions()::isForgotten)
            .isPresent();
      }

      /**
       * All of them were listed.
       *
       * @param holdsForgotten whether conversions of forgotten images hold blocks there
       */
      void ended(boolean holdsForgotten) {
        if (isClean && !holdsForgotten) {
          clean.add(peer.name());
        }
        OptionalLong counted = before == null ? OptionalLong.empty() : OptionalLong.of(count);
        last.put(peer.name(), new Seen(unknown.sorted(), counted));
        if (count > 0 && before != null && before.count().orElse(0) != count) {
          LOG.warn(
              "{} has {} pins of this installation that no record knows, such as {}; they stay"
                  + " until their images are pushed again, or an operator removes them with ipfs"
                  + " pin rm",
              peer.name(),
              count,
              example);
        }
      }
    }
  }
}
