package dev.longshore.app.query;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.CopyStatus;
import dev.longshore.events.ImageState;
import dev.longshore.events.PinPhase;
import dev.longshore.events.PinState;
import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.model.PeerName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What is left of the image DAGs of some source digests. */
public record Remains(List<Remain> dags) {
  public Remains {
    dags = List.copyOf(dags);
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
   * @param image one of its conversions
   * @param peers that hold it, or may
   * @param keeper an image that needs it
   */
  public record Remain(
      ImageState image, State state, List<PeerName> peers, Optional<ImageState> keeper) {
    public Remain {
      peers = List.copyOf(peers);
    }
  }

  /** What is left if these source digests are forgotten besides all that are. */
  public static Remains of(Catalog catalog, Collection<Digest> sources) {
    Map<ImageDag, ImageState> dags = new LinkedHashMap<>();
    for (Digest source : sources) {
      catalog
          .conversions()
          .ofDigest(source)
          .forEach(image -> dags.putIfAbsent(image.imageDag(), image));
    }
    List<Remain> remains = new ArrayList<>();
    for (ImageState image : dags.values()) {
      remains.add(remain(catalog, Set.copyOf(sources), image));
    }
    return new Remains(remains);
  }

  private static Remain remain(Catalog catalog, Set<Digest> sources, ImageState image) {
    Optional<ImageState> keeper =
        catalog.conversions().recordsByDag(image.imageDag()).stream()
            .filter(other -> !sources.contains(other.digest()))
            .filter(other -> !catalog.decisions().isForgotten(other.digest()))
            .findFirst();
    Optional<PinState> pin =
        catalog.pins().of(image.imageDag()).filter(p -> p.state() != PinPhase.GONE);
    State state = keeper.isPresent() ? State.SHARED : pin.isPresent() ? State.PENDING : State.GONE;
    return new Remain(image, state, pin.map(Remains::peers).orElse(List.of()), keeper);
  }

  private static List<PeerName> peers(PinState pin) {
    Set<PeerName> peers = new LinkedHashSet<>();
    if (!pin.ingestReleased() && pin.ingestPeer() != null) {
      peers.add(pin.ingestPeer());
    }
    pin.copies().stream()
        .filter(copy -> copy.status() != CopyStatus.FAILED)
        .forEach(copy -> peers.add(copy.peer()));
    return List.copyOf(peers);
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
