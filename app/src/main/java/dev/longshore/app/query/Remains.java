package dev.longshore.app.query;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.CopiesState;
import dev.longshore.events.CopyPhase;
import dev.longshore.events.Decision;
import dev.longshore.events.ImageState;
import dev.longshore.events.PeerState;
import dev.longshore.events.PinPhase;
import dev.longshore.events.PinState;
import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.model.PeerName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is left of the image DAGs of some source digests.
 *
 * @param unrecorded what may be left besides, of which no record tells: why it is not over
 */
public record Remains(List<Remain> dags, List<String> unrecorded) {
  private static final int PAGE = 100;

  public Remains {
    dags = List.copyOf(dags);
    unrecorded = List.copyOf(unrecorded);
  }

  /** How far a DAG is. */
  public enum State {
    /** No pin of it is left. */
    GONE,
    /** Peers may still hold it. */
    PENDING,
    /** It stays: an image that nobody forgets is the same. */
    SHARED
  }

  /**
   * One image DAG.
   *
   * @param image one of its conversions, or one that was made in its place
   * @param peers that hold it, or may
   * @param obstacles why it is not gone from peers that were asked
   * @param keeper an image that needs it
   */
  public record Remain(
      ImageDag dag,
      ImageState image,
      State state,
      List<PeerName> peers,
      List<String> obstacles,
      Optional<ImageState> keeper) {
    public Remain {
      peers = List.copyOf(peers);
      obstacles = List.copyOf(obstacles);
    }

    /** Whether the image was made again since, as another DAG. */
    public boolean isFormer() {
      return !image.imageDag().equals(dag);
    }
  }

  /** What is left if these source digests are forgotten besides all that are. */
  public static Remains of(Catalog catalog, Collection<Digest> sources) {
    return of(catalog, sources, _ -> true);
  }

  /**
   * The same.
   *
   * @param isPeer whether the settings name that peer: no other is looked at any more
   */
  public static Remains of(
      Catalog catalog, Collection<Digest> sources, Predicate<PeerName> isPeer) {
    Map<ImageDag, ImageState> dags = new LinkedHashMap<>();
    for (Digest source : sources) {
      for (ImageState image : catalog.conversions().recordsOfDigest(source)) {
        dags.putIfAbsent(image.imageDag(), image);
        image.formerDags().stream()
            .filter(dag -> catalog.pins().of(dag).isPresent())
            .forEach(dag -> dags.putIfAbsent(dag, image));
      }
    }
    List<Remain> remains = new ArrayList<>();
    dags.forEach((dag, image) -> remains.add(remain(catalog, Set.copyOf(sources), dag, image)));
    return new Remains(remains, unrecorded(catalog, Set.copyOf(sources), isPeer));
  }

  /**
   * Pins that no record of an image knows, as after Kafka was lost. The pinner reads their names
   * after each decision.
   */
  private static List<String> unrecorded(
      Catalog catalog, Set<Digest> sources, Predicate<PeerName> isPeer) {
    if (!sources.stream().allMatch(catalog.decisions()::isForgotten)) {
      return List.of(); // nothing is decided yet
    }
    List<String> left = new ArrayList<>();
    @Nullable ImageDag after = null;
    List<PinState> page;
    do {
      page = catalog.pins().going(PinPhase.RELEASING, after, PAGE);
      for (PinState pin : page) {
        if (!Collections.disjoint(pin.sources(), sources)) {
          left.add(pin.imageDag() + ", of which only names of pins tell, is not gone everywhere");
        }
        after = pin.imageDag();
      }
    } while (page.size() == PAGE);
    boolean areKnown =
        sources.stream()
            .noneMatch(source -> catalog.conversions().recordsOfDigest(source).isEmpty());
    long forgets = catalog.decisions().count(Decision.Forget.class);
    for (PeerState peer : catalog.peers().all()) {
      boolean isRead = peer.forgetsHeeded() != null && peer.forgetsHeeded() >= forgets;
      if (isPeer.test(peer.peer()) && !isRead && (peer.unknownPins() != null || !areKnown)) {
        left.add("the pinner has not yet looked for it among unrecorded pins of " + peer.peer());
      }
    }
    return left;
  }

  private static Remain remain(
      Catalog catalog, Set<Digest> sources, ImageDag dag, ImageState image) {
    Optional<ImageState> keeper =
        catalog.conversions().recordsByDag(dag).stream()
            .filter(other -> !sources.contains(other.digest()))
            .filter(other -> !catalog.decisions().isForgotten(other.digest()))
            .findFirst();
    State state =
        keeper.isPresent() ? State.SHARED : isGone(catalog, dag) ? State.GONE : State.PENDING;
    List<CopiesState.Copy> copies =
        state == State.PENDING
            ? catalog.copies().of(dag).copies().stream()
                .filter(copy -> copy.state() != CopyPhase.GONE)
                .toList()
            : List.of();
    Set<PeerName> peers = new LinkedHashSet<>();
    if (state == State.PENDING) {
      ingestPeer(catalog, dag, image).ifPresent(peers::add);
    }
    copies.forEach(copy -> peers.add(copy.peer()));
    List<String> obstacles =
        copies.stream()
            .filter(copy -> copy.state() == CopyPhase.RELEASING)
            .flatMap(copy -> Stream.ofNullable(copy.error()))
            .toList();
    return new Remain(dag, image, state, List.copyOf(peers), obstacles, keeper);
  }

  private static boolean isGone(Catalog catalog, ImageDag dag) {
    return catalog.pins().of(dag).filter(pin -> pin.state() == PinPhase.GONE).isPresent();
  }

  /** The peer that the image was written to, if it may still be there. */
  private static Optional<PeerName> ingestPeer(Catalog catalog, ImageDag dag, ImageState image) {
    return catalog
        .pins()
        .of(dag)
        .map(
            pin ->
                pin.ingestReleased()
                    ? Optional.<PeerName>empty()
                    : Optional.ofNullable(pin.ingestPeer()))
        .orElseGet(() -> Optional.of(image.ingestPeer()));
  }

  /** Whether nothing is left, as far as the records tell. */
  public boolean isOver() {
    return pending().isEmpty() && unrecorded.isEmpty();
  }

  /** DAGs that some peer may still hold, though nobody needs them. */
  public List<Remain> pending() {
    return in(State.PENDING);
  }

  /** DAGs in this state. */
  public List<Remain> in(State state) {
    return dags.stream().filter(dag -> dag.state() == state).toList();
  }
}
